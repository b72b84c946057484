#define G_LOG_DOMAIN "fovea-tooltip"

#include "fovea-tooltip.h"

#define TEXT "fovea-tooltip"

static gboolean
query_tooltip_cb (GtkWidget  *widget,
                  int         x,
                  int         y,
                  gboolean    keyboard_mode,
                  GtkTooltip *tooltip)
{
  const char *text = fovea_tooltip_get (widget);

  gtk_tooltip_set_text (tooltip, text);

  return text != NULL;
}

/**
 * fovea_tooltip_set:
 * @widget: a widget
 * @text: (nullable): what its tooltip says; %NULL for no tooltip
 *
 * Does what gtk_widget_set_tooltip_text() does, for widgets whose text changes all
 * the time, as in rows that are used again. That one asks the display where the
 * pointer is, each time; this one keeps the text until somebody asks for it.
 */
void
fovea_tooltip_set (GtkWidget  *widget,
                   const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (!gtk_widget_get_has_tooltip (widget))
    {
      g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
      gtk_widget_set_has_tooltip (widget, TRUE);
    }

  g_object_set_data_full (G_OBJECT (widget), TEXT, g_strdup (text), g_free);
}

/**
 * fovea_tooltip_get:
 * @widget: a widget
 *
 * Returns: (nullable): what fovea_tooltip_set() gave it
 */
const char *
fovea_tooltip_get (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), TEXT);
}
