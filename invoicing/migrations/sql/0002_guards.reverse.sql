DROP TRIGGER invoicing_settlement_guarded ON invoicing_settlement;
DROP FUNCTION invoicing_guard_settlement();
DROP TRIGGER invoicing_document_tax_guarded ON invoicing_document_tax;
DROP TRIGGER invoicing_document_line_guarded ON invoicing_document_line;
DROP FUNCTION invoicing_guard_part();
DROP TRIGGER invoicing_document_guarded ON invoicing_document;
DROP FUNCTION invoicing_guard_document();
