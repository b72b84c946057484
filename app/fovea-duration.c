#define G_LOG_DOMAIN "fovea-duration"

#include "config.h"

#include "fovea-duration.h"

#include <glib/gi18n.h>
#include <math.h>

/**
 * fovea_duration_dup_left:
 * @seconds: how long something will probably take; negative if nobody knows yet
 *
 * Returns: (transfer full): that in words, as exactly as an estimate can be
 */
char *
fovea_duration_dup_left (double seconds)
{
  guint n;

  if (seconds < 0 || !isfinite (seconds))
    return g_strdup (_("Estimating the time left"));

  if (seconds < 10)
    return g_strdup (_("A few seconds left"));

  if (seconds < 55)
    {
      n = 10 * ceil (seconds / 10);
      return g_strdup_printf (ngettext ("About %u second left", "About %u seconds left", n), n);
    }

  if (seconds < 90 * 60)
    {
      n = lround (seconds / 60);
      return g_strdup_printf (ngettext ("About %u minute left", "About %u minutes left", MAX (n, 1)),
                              MAX (n, 1));
    }

  n = lround (seconds / 3600);

  return g_strdup_printf (ngettext ("About %u hour left", "About %u hours left", n), n);
}
