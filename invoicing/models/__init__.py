"""Tables of invoicing; imported by this app's own modules only."""

from invoicing.models.document import Document, DocumentLine, DocumentTax
from invoicing.models.file import DocumentFile
from invoicing.models.settlement import Settlement

__all__ = ["Document", "DocumentFile", "DocumentLine", "DocumentTax", "Settlement"]
