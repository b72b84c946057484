#define G_LOG_DOMAIN "fovea-scroll-to"

#include "fovea-scroll-to.h"

/* What is wanted of a view; kept with it, so that the last wish counts. */
typedef struct
{
  guint position;
  guint n_frames;
} Wish;

#define WISH_KEY "fovea-scroll-to"

static gboolean
scroll_cb (GtkWidget     *view,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  Wish *wish = g_object_get_data (G_OBJECT (view), WISH_KEY);

  /* One frame lays out the items that have just come. */
  if (gtk_widget_get_height (view) <= 0 || wish->n_frames++ == 0)
    return G_SOURCE_CONTINUE;

  gtk_widget_activate_action (view, "list.scroll-to-item", "u", wish->position);
  g_object_set_data (G_OBJECT (view), WISH_KEY, NULL);

  return G_SOURCE_REMOVE;
}

/**
 * fovea_scroll_to:
 * @view: a GtkListView, GtkGridView or GtkColumnView
 * @position: the position of an item in its model
 *
 * Brings an item into sight as soon as the view is laid out. A view that is
 * asked earlier, or in the same breath as its model changes, scrolls to a place
 * where nothing is.
 */
void
fovea_scroll_to (GtkWidget *view,
                 guint      position)
{
  Wish *wish = g_object_get_data (G_OBJECT (view), WISH_KEY);

  if (wish == NULL)
    {
      wish = g_new0 (Wish, 1);
      g_object_set_data_full (G_OBJECT (view), WISH_KEY, wish, g_free);
      gtk_widget_add_tick_callback (view, scroll_cb, NULL, NULL);
    }

  wish->position = position;
  wish->n_frames = 0;
}
