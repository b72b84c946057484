#define G_LOG_DOMAIN "fovea-explore-page"

#include "config.h"

#include "fovea-explore-page.h"

#include <glib/gi18n.h>

#include "fovea-inside-pane.h"
#include "fovea-picture-pane.h"
#include "fovea-thumbnailer.h"
#include "fovea-ui.h"

/* How many thumbnails are made at once: more would slow down the picture that
 * people look at. And how much memory they may take: a few thousand of them. */
#define THUMBNAIL_THREADS 2
#define THUMBNAIL_BYTES (96 << 20)

struct _FoveaExplorePage
{
  AdwBin parent_instance;

  gboolean side_panel;

  /* Owned. */
  FoveaSession *session;
  CnnRun *run;
  FoveaThumbnailer *thumbnailer;

  /* Template widgets. */
  GtkStack *stack;
  AdwLeaflet *outer;
  GtkStack *pictures;
  GtkWidget *pictures_separator;
  GtkWidget *search_entry;
  GtkRevealer *filter_revealer;
  GtkLabel *filter_label;
  GtkStack *found;
  FoveaSampleGrid *sample_grid;
  GtkLabel *count_label;
  AdwLeaflet *inner;
  FoveaPicturePane *picture_pane;
  FoveaInsidePane *inside_pane;
};

G_DEFINE_FINAL_TYPE (FoveaExplorePage, fovea_explore_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SIDE_PANEL,
  N_PROPS
};

enum
{
  SIGNAL_WAY_CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- The list of pictures ---- */

static FoveaVerdict
get_verdict (CnnSample *sample,
             gpointer   data)
{
  FoveaExplorePage *self = data;
  const CnnSampleResult *result = fovea_session_get_result (self->session, sample);

  if (result == NULL || result->skipped != NULL)
    return FOVEA_VERDICT_NONE;

  return fovea_verdict_new (result->label, result->prediction);
}

static void
results_cb (FoveaExplorePage *self)
{
  fovea_sample_grid_verdicts_changed (self->sample_grid);
}

static void
run_cb (FoveaExplorePage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, results_cb, self);
  g_set_object (&self->run, fovea_session_get_run (self->session));
  if (self->run != NULL)
    g_signal_connect_object (self->run, "progress", G_CALLBACK (results_cb),
                             self, G_CONNECT_SWAPPED);
  results_cb (self);
}

static char *
dup_count (guint n)
{
  return g_strdup_printf (ngettext ("%u picture", "%u pictures", n), n);
}

static void
count_cb (FoveaExplorePage *self)
{
  GListModel *samples = G_LIST_MODEL (fovea_session_get_selection (self->session));
  CnnDataset *dataset = fovea_session_get_dataset (self->session);
  int label = fovea_session_get_class_filter (self->session);
  g_autofree char *dataset_name = fovea_session_dup_dataset_name (self->session);
  guint n = g_list_model_get_n_items (samples);
  g_autofree char *count = dup_count (n);

  gtk_stack_set_visible_child_name (self->pictures, dataset != NULL ? "list" : "empty");
  gtk_stack_set_visible_child_name (self->found, n > 0 ? "grid" : "nothing");

  if (label >= 0)
    {
      g_autofree char *name =
        cnn_labels_dup_short_name (fovea_session_get_labels (self->session), label);
      g_autofree char *text = g_strdup_printf ("%s — %s", name, count);

      gtk_label_set_label (self->filter_label, text);
    }
  gtk_revealer_set_reveal_child (self->filter_revealer, label >= 0);

  if (dataset != NULL)
    {
      guint total = cnn_dataset_get_n_samples (dataset);
      g_autofree char *text = n == total
        ? g_strdup_printf ("%s · %s", dataset_name, count)
        /* Translators: a folder's name, and how many of its pictures are listed */
        : g_strdup_printf (_("%s · %u of %u"), dataset_name, n, total);

      gtk_label_set_label (self->count_label, text);
    }
}

static void
selection_cb (FoveaExplorePage *self)
{
  GtkSingleSelection *selection = fovea_session_get_selection (self->session);

  fovea_sample_grid_set_selected (self->sample_grid,
                                  gtk_single_selection_get_selected (selection));
}

/* When the selected picture leaves the list, the grid selects none, while the
 * session chooses another one: that is the one to follow then. */
static void
grid_selected_cb (FoveaExplorePage *self)
{
  guint selected = fovea_sample_grid_get_selected (self->sample_grid);

  if (selected != GTK_INVALID_LIST_POSITION)
    gtk_single_selection_set_selected (fovea_session_get_selection (self->session), selected);
}

/* The grid's selection stands on the session's, not beside it on the same model:
 * thus it has heard of changed items by the time that it hears of another
 * selected one. */
static void
follow_selection (FoveaExplorePage *self)
{
  GtkSingleSelection *selection = fovea_session_get_selection (self->session);

  fovea_sample_grid_set_model (self->sample_grid, G_LIST_MODEL (selection));
  g_signal_connect_object (selection, "notify::selected", G_CALLBACK (selection_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (selection_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (count_cb),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->sample_grid, "notify::selected", G_CALLBACK (grid_selected_cb),
                           self, G_CONNECT_SWAPPED);
}

static void
dataset_cb (FoveaExplorePage *self)
{
  fovea_sample_grid_set_labels (self->sample_grid, fovea_session_get_labels (self->session));
  count_cb (self);
}

static void
search_cb (FoveaExplorePage *self)
{
  const char *search = fovea_session_get_search (self->session);

  if (!g_str_equal (search, gtk_editable_get_text (GTK_EDITABLE (self->search_entry))))
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), search);
}

static void
search_changed_cb (FoveaExplorePage *self)
{
  fovea_session_set_search (self->session,
                            gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
stop_search_cb (FoveaExplorePage *self)
{
  fovea_session_set_search (self->session, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->sample_grid));
}

/* ---- The way through the panes ---- */

static void
update_stack (FoveaExplorePage *self)
{
  gboolean is_empty = fovea_session_get_dataset (self->session) == NULL &&
                      fovea_session_get_network (self->session) == NULL;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "welcome" : "content");
}

/* The list can only be put away where it stands beside something. */
static void
update_side_panel (FoveaExplorePage *self)
{
  gboolean visible = self->side_panel || adw_leaflet_get_folded (self->outer);

  gtk_widget_set_visible (GTK_WIDGET (self->pictures), visible);
  gtk_widget_set_visible (self->pictures_separator, visible);
}

static void
way_changed_cb (FoveaExplorePage *self)
{
  update_side_panel (self);
  fovea_picture_pane_set_narrow (self->picture_pane, adw_leaflet_get_folded (self->inner));
  g_signal_emit (self, signals[SIGNAL_WAY_CHANGED], 0);
}

static void
sample_activated_cb (FoveaExplorePage *self)
{
  adw_leaflet_set_visible_child_name (self->outer, "chosen");
  adw_leaflet_set_visible_child_name (self->inner, "picture");
}

static void
look_inside_cb (FoveaExplorePage *self)
{
  adw_leaflet_set_visible_child_name (self->inner, "inside");
}

static gboolean
shows (AdwLeaflet *leaflet,
       const char *name)
{
  return !adw_leaflet_get_folded (leaflet) ||
         g_str_equal (adw_leaflet_get_visible_child_name (leaflet), name);
}

/* ---- Being an object ---- */

static void
fovea_explore_page_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SIDE_PANEL:
      g_value_set_boolean (value, FOVEA_EXPLORE_PAGE (object)->side_panel);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_explore_page_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SIDE_PANEL:
      fovea_explore_page_set_side_panel (FOVEA_EXPLORE_PAGE (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_explore_page_dispose (GObject *object)
{
  FoveaExplorePage *self = FOVEA_EXPLORE_PAGE (object);

  if (self->sample_grid != NULL)
    fovea_sample_grid_set_verdict_func (self->sample_grid, NULL, NULL, NULL);
  g_clear_object (&self->run);
  g_clear_object (&self->thumbnailer);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_explore_page_parent_class)->dispose (object);
}

static void
fovea_explore_page_class_init (FoveaExplorePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_explore_page_get_property;
  object_class->set_property = fovea_explore_page_set_property;
  object_class->dispose = fovea_explore_page_dispose;

  /**
   * FoveaExplorePage:side-panel:
   *
   * Whether the list of pictures is seen beside the one that is chosen.
   */
  props[PROP_SIDE_PANEL] =
    g_param_spec_boolean ("side-panel", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * FoveaExplorePage::way-changed:
   *
   * Whether there is a way back may have changed.
   */
  signals[SIGNAL_WAY_CHANGED] =
    g_signal_new ("way-changed", FOVEA_TYPE_EXPLORE_PAGE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  /* Here and not among the accelerators, which come before everything else:
   * what is opened on top closes first. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);

  g_type_ensure (FOVEA_TYPE_PICTURE_PANE);
  g_type_ensure (FOVEA_TYPE_INSIDE_PANE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-explore-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, outer);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, pictures);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, pictures_separator);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, filter_revealer);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, filter_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, found);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, sample_grid);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, count_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, inner);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, picture_pane);
  gtk_widget_class_bind_template_child (widget_class, FoveaExplorePage, inside_pane);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, sample_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, look_inside_cb);
  gtk_widget_class_bind_template_callback (widget_class, way_changed_cb);
}

static void
fovea_explore_page_init (FoveaExplorePage *self)
{
  self->side_panel = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_explore_page_set_session:
 * @self: a page without a session
 * @session: the session that it shows
 */
void
fovea_explore_page_set_session (FoveaExplorePage *self,
                                FoveaSession     *session)
{
  const struct { const char *signal; GCallback callback; } handlers[] = {
    { "notify::dataset", G_CALLBACK (dataset_cb) },
    { "notify::dataset", G_CALLBACK (update_stack) },
    { "notify::network", G_CALLBACK (update_stack) },
    { "notify::class-filter", G_CALLBACK (count_cb) },
    { "notify::search", G_CALLBACK (search_cb) },
    { "notify::run", G_CALLBACK (run_cb) },
  };

  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->thumbnailer = fovea_thumbnailer_new (THUMBNAIL_THREADS, THUMBNAIL_BYTES);
  fovea_sample_grid_set_thumbnail_source (self->sample_grid,
                                          FOVEA_THUMBNAIL_SOURCE (self->thumbnailer));
  fovea_sample_grid_set_verdict_func (self->sample_grid, get_verdict, self, NULL);
  fovea_picture_pane_set_session (self->picture_pane, session);
  fovea_inside_pane_set_session (self->inside_pane, session);

  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (session, handlers[i].signal, handlers[i].callback,
                             self, G_CONNECT_SWAPPED);
  follow_selection (self);
  dataset_cb (self);
  update_stack (self);
}

gboolean
fovea_explore_page_get_side_panel (FoveaExplorePage *self)
{
  return self->side_panel;
}

void
fovea_explore_page_set_side_panel (FoveaExplorePage *self,
                                   gboolean          side_panel)
{
  side_panel = !!side_panel;
  if (self->side_panel == side_panel)
    return;

  self->side_panel = side_panel;
  update_side_panel (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIDE_PANEL]);
}

/* Where one is when one does not see the list. */
static gboolean
is_away (FoveaExplorePage *self)
{
  return adw_leaflet_get_folded (self->outer) && shows (self->outer, "chosen");
}

gboolean
fovea_explore_page_can_go_back (FoveaExplorePage *self)
{
  if (!shows (self->outer, "chosen"))
    return FALSE;

  return is_away (self) ||
         (adw_leaflet_get_folded (self->inner) && shows (self->inner, "inside")) ||
         (shows (self->inner, "inside") && fovea_inside_pane_can_go_back (self->inside_pane));
}

/**
 * fovea_explore_page_go_back:
 * @self: a page
 *
 * One pane back: from the map to the maps, to the layers, to the picture, to the
 * list of pictures, as far as these are hidden.
 */
void
fovea_explore_page_go_back (FoveaExplorePage *self)
{
  if (shows (self->inner, "inside") && fovea_inside_pane_can_go_back (self->inside_pane))
    fovea_inside_pane_go_back (self->inside_pane);
  else if (adw_leaflet_get_folded (self->inner) && shows (self->inner, "inside"))
    adw_leaflet_set_visible_child_name (self->inner, "picture");
  else if (is_away (self))
    adw_leaflet_set_visible_child_name (self->outer, "pictures");
}

void
fovea_explore_page_search (FoveaExplorePage *self)
{
  adw_leaflet_set_visible_child_name (self->outer, "pictures");
  fovea_explore_page_set_side_panel (self, TRUE);
  gtk_widget_grab_focus (self->search_entry);
}

void
fovea_explore_page_copy (FoveaExplorePage *self)
{
  g_autoptr (GdkContentProvider) content = fovea_picture_pane_dup_content (self->picture_pane);

  if (content != NULL)
    gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), content);
}

void
fovea_explore_page_show_maps (FoveaExplorePage *self)
{
  adw_leaflet_set_visible_child_name (self->outer, "chosen");
  adw_leaflet_set_visible_child_name (self->inner, "inside");
  fovea_inside_pane_show_maps (self->inside_pane);
}
