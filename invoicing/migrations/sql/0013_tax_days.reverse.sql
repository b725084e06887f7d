DROP TRIGGER invoicing_document_tax_added ON invoicing_document;
DROP FUNCTION invoicing_add_tax_day();
