DROP TRIGGER invoicing_document_consumer_added ON invoicing_document;
DROP FUNCTION invoicing_add_consumer_day();
