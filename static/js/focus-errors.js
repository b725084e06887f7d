// After a refused form the focus stands on the summary of what is wrong.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
