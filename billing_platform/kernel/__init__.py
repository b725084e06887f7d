"""What has no owner and several users: money, time, scope, events, outbox; it knows no app."""
