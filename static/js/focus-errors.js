// After a refused form the focus stands on the summary of what is wrong.
document.querySelector("[data-error-summary]")?.focus();
