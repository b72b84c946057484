#include "ui/ui-test.h"

#include <math.h>

#define PATIENCE_SECONDS 20

struct _UiTestShot
{
  int width;
  int height;
  guint32 *pixels;
};

static gboolean
patience_cb (gpointer data)
{
  g_error ("The test waited %d seconds in vain", PATIENCE_SECONDS);

  return G_SOURCE_REMOVE;
}

/* Runs the main loop until the condition holds. */
void
ui_test_wait (UiTestCondition condition,
              gpointer        data)
{
  guint patience = g_timeout_add_seconds (PATIENCE_SECONDS, patience_cb, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (patience);
}

/* Runs the main loop until nothing is left to do at once. */
void
ui_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gboolean
is_laid_out (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

/* Shows a widget in a window of this size. */
GtkWindow *
ui_test_window (GtkWidget *child,
                int        width,
                int        height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_wait (is_laid_out, child);
  ui_test_settle ();

  return GTK_WINDOW (window);
}

void
ui_test_destroy (GtkWindow *window)
{
  gtk_window_destroy (window);
  ui_test_settle ();
}

static gboolean
press_in_controller (GtkEventController *controller,
                     GtkWidget          *widget,
                     guint               keyval)
{
  guint n_shortcuts = g_list_model_get_n_items (G_LIST_MODEL (controller));

  for (guint i = 0; i < n_shortcuts; i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), i);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (!GTK_IS_KEYVAL_TRIGGER (trigger) ||
          gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) != keyval ||
          gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) != 0)
        continue;

      if (gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut),
                                        GTK_SHORTCUT_ACTION_EXCLUSIVE, widget,
                                        gtk_shortcut_get_arguments (shortcut)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
press_in_widget (GtkWidget           *widget,
                 guint                keyval,
                 GtkPropagationPhase  phase)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (gtk_event_controller_get_propagation_phase (controller) != phase)
        continue;

      if (GTK_IS_SHORTCUT_CONTROLLER (controller))
        handled = press_in_controller (controller, widget, keyval);
      else if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &handled);

      if (handled)
        return TRUE;
    }

  return FALSE;
}

static gboolean
capture (GtkWidget *widget,
         guint      keyval)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return (parent != NULL && capture (parent, keyval)) ||
         press_in_widget (widget, keyval, GTK_PHASE_CAPTURE);
}

static gboolean
bubble (GtkWidget *widget,
        guint      keyval)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return press_in_widget (widget, keyval, GTK_PHASE_BUBBLE) ||
         (parent != NULL && bubble (parent, keyval));
}

/* Presses a key on a widget: like the real one it goes down from the window to
 * there and up again until someone takes it. */
void
ui_test_press (GtkWidget *widget,
               guint      keyval)
{
  if (!capture (widget, keyval))
    bubble (widget, keyval);

  ui_test_settle ();
}

/* Handler of notify signals. */
void
ui_test_count_cb (GObject    *object,
                  GParamSpec *pspec,
                  guint      *count)
{
  *count += 1;
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type,
      guint     *nth)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (*nth)-- == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, nth);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The nth widget of a type below (or at) a widget, in the order of the tree. */
GtkWidget *
ui_test_find (GtkWidget *widget,
              GType      type,
              guint      nth)
{
  return find (widget, type, &nth);
}

/* A picture of a soft gradient, bright everywhere. */
GdkTexture *
ui_test_texture (int width,
                 int height)
{
  gsize stride = (gsize) width * 3;
  guint8 *pixels = g_malloc (stride * height);
  g_autoptr (GBytes) bytes = NULL;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *pixel = pixels + y * stride + x * 3;

        pixel[0] = 120 + 100 * x / width;
        pixel[1] = 120 + 100 * y / height;
        pixel[2] = 200;
      }
  bytes = g_bytes_new_take (pixels, stride * height);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, stride);
}

static void
painted_cb (GdkFrameClock *clock,
            gboolean      *painted)
{
  *painted = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* Waits until the window has been laid out and drawn once more. */
void
ui_test_next_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  gtk_widget_queue_draw (widget);
  ui_test_wait (is_true, &painted);
  g_signal_handler_disconnect (clock, handler);
}

/* Draws a widget as it is now. */
UiTestShot *
ui_test_shoot (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  UiTestShot *self = g_new0 (UiTestShot, 1);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  graphene_point_t origin;
  graphene_rect_t viewport;

  ui_test_next_frame (widget);
  g_assert_true (gtk_widget_compute_point (widget, parent, &GRAPHENE_POINT_INIT (0, 0), &origin));
  gtk_widget_snapshot_child (parent, widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);

  self->width = gtk_widget_get_width (widget);
  self->height = gtk_widget_get_height (widget);
  self->pixels = g_new0 (guint32, (gsize) self->width * self->height);
  viewport = GRAPHENE_RECT_INIT (origin.x, origin.y, self->width, self->height);
  texture = gsk_renderer_render_texture (renderer, node, &viewport);
  gdk_texture_download (texture, (guchar *) self->pixels, (gsize) self->width * 4);

  return self;
}

void
ui_test_shot_free (UiTestShot *self)
{
  g_free (self->pixels);
  g_free (self);
}

/* A pixel as 0xAARRGGBB, premultiplied. */
guint32
ui_test_shot_get (UiTestShot *self,
                  int         x,
                  int         y)
{
  g_assert_true (x >= 0 && x < self->width && y >= 0 && y < self->height);

  return self->pixels[y * self->width + x];
}

guint
ui_test_shot_brightness (UiTestShot *self,
                         int         x,
                         int         y)
{
  guint32 pixel = ui_test_shot_get (self, x, y);

  return (pixel >> 16 & 0xff) + (pixel >> 8 & 0xff) + (pixel & 0xff);
}

/* Whether a pixel has a colour, give or take rounding. */
gboolean
ui_test_shot_is (UiTestShot    *self,
                 int            x,
                 int            y,
                 const GdkRGBA *color)
{
  guint32 pixel = ui_test_shot_get (self, x, y);

  return fabs ((pixel >> 16 & 0xff) - color->red * 255.) < 3 &&
         fabs ((pixel >> 8 & 0xff) - color->green * 255.) < 3 &&
         fabs ((pixel & 0xff) - color->blue * 255.) < 3;
}
