"""Tables without tenant data that the wiring brings: the cache, and the grants on Django's own tables."""

from django.db import migrations

from billing_platform.kernel.isolation import protect, run_sql_file

ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    """The cache's table, and who may do what with sessions, content types, permissions and the operators' log."""

    initial = True
    dependencies = [
        ("kernel", "0001_scope"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("tenants", "0001_tables"),
    ]
    operations = [
        run_sql_file(__file__, "0001_cache"),
        *protect("platform_cache", rows="global", app=ALL, worker=ALL, ops=ALL),
        *protect("django_session", rows="global", app=ALL, worker="SELECT, DELETE", ops=ALL),
        *protect("django_admin_log", rows="global", app="", worker="", ops="SELECT, INSERT"),
        *protect("django_content_type", rows="global", app="SELECT", worker="SELECT"),
        *protect("django_migrations", rows="global", app="SELECT", worker="SELECT"),
        *protect("auth_permission", rows="global", app="SELECT", worker="SELECT"),
        *protect("auth_group", rows="global", app="SELECT", worker="SELECT", ops=ALL),
        *protect("auth_group_permissions", rows="global", app="SELECT", worker="SELECT", ops=ALL),
        *protect("tenants_user_groups", rows="global", app="SELECT", worker="SELECT", ops=ALL),
        *protect("tenants_user_user_permissions", rows="global", app="SELECT", worker="SELECT", ops=ALL),
    ]
