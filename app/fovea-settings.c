#define G_LOG_DOMAIN "fovea-settings"

#include "config.h"

#include "fovea-settings.h"

/**
 * fovea_settings_new:
 *
 * Opens Fovea's settings, where their schema is installed: a program that is run
 * from its build folder may do without, and then remembers nothing.
 *
 * Returns: (transfer full) (nullable): the settings
 */
GSettings *
fovea_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);

  if (schema == NULL)
    {
      g_debug ("The schema %s is not installed: nothing is remembered", APP_ID);
      return NULL;
    }

  return g_settings_new_full (schema, NULL, NULL);
}
