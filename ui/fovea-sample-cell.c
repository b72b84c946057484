#define G_LOG_DOMAIN "fovea-sample-cell"

#include "fovea-sample-cell.h"

#include <math.h>

#include <glib/gi18n.h>

#include "fovea-format.h"
#include "fovea-thumbnail.h"
#include "fovea-tooltip.h"

/* Columns share the width, so a cell can be half as wide again as its least. */
#define MOST_STRETCH 1.5

struct _FoveaSampleCell
{
  GtkWidget parent_instance;

  /* Template Widgets */
  FoveaThumbnail *thumbnail;
  GtkWidget *broken_image;
  GtkImage *verdict_image;
  GtkLabel *class_label;

  /* Owned References */
  CnnSample *sample;
  CnnLabels *labels;
  GCancellable *cancellable;

  FoveaVerdict verdict;
};

/* A wish for a thumbnail. The cancellable tells whose: the cell has another one
 * (or none) as soon as it shows something else. */
typedef struct
{
  FoveaSampleCell *cell;
  GCancellable *cancellable;
} Request;

G_DEFINE_FINAL_TYPE (FoveaSampleCell, fovea_sample_cell, GTK_TYPE_WIDGET)

static void
request_free (Request *request)
{
  g_object_unref (request->cell);
  g_object_unref (request->cancellable);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
show_broken (FoveaSampleCell *self,
             gboolean         broken)
{
  gtk_widget_set_visible (self->broken_image, broken);
}

static void
load_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture =
    fovea_thumbnail_source_load_finish (FOVEA_THUMBNAIL_SOURCE (object), result, &error);
  FoveaSampleCell *self = request->cell;

  if (request->cancellable != self->cancellable)
    return;                                 /* the cell shows another sample now */

  g_clear_object (&self->cancellable);

  if (texture != NULL)
    {
      fovea_thumbnail_set_paintable (self->thumbnail, GDK_PAINTABLE (texture));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_debug ("No thumbnail: %s", error->message);
      show_broken (self, TRUE);
    }
}

static void
load (FoveaSampleCell      *self,
      FoveaThumbnailSource *source)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int size = ceil (fovea_thumbnail_get_size (self->thumbnail) * MOST_STRETCH * scale);
  g_autoptr (GdkTexture) texture = fovea_thumbnail_source_lookup (source, self->sample, size);
  Request *request;

  if (texture != NULL)
    {
      fovea_thumbnail_set_paintable (self->thumbnail, GDK_PAINTABLE (texture));
      return;
    }

  self->cancellable = g_cancellable_new ();

  request = g_new0 (Request, 1);
  request->cell = g_object_ref (self);
  request->cancellable = g_object_ref (self->cancellable);
  fovea_thumbnail_source_load_async (source, self->sample, size, self->cancellable,
                                     load_cb, request);
}

static void
update_accessible (FoveaSampleCell *self)
{
  const char *verdict = fovea_verdict_get_text (self->verdict);
  g_autofree char *class_name = NULL;
  g_autofree char *label = NULL;

  if (self->sample == NULL)
    return;

  class_name = fovea_format_class (self->labels, cnn_sample_get_label (self->sample));
  label = g_strjoin (", ", class_name, cnn_sample_get_name (self->sample), verdict, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update_text (FoveaSampleCell *self)
{
  const char *name = cnn_sample_get_name (self->sample);
  const char *problem = cnn_sample_get_problem (self->sample);
  int label = cnn_sample_get_label (self->sample);
  g_autofree char *class_name = NULL;
  g_autofree char *full_name = fovea_format_class_full (self->labels, label);
  g_autofree char *tooltip = g_strjoin ("\n", name, full_name, problem, NULL);

  /* What has no class is told apart by its file. */
  class_name = label != CNN_NO_LABEL ? fovea_format_class (self->labels, label) : g_strdup (name);
  gtk_label_set_text (self->class_label, class_name);
  fovea_tooltip_set (GTK_WIDGET (self), tooltip);

  if (label != CNN_NO_LABEL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->class_label), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->class_label), "dim-label");
}

static void
fovea_sample_cell_dispose (GObject *object)
{
  FoveaSampleCell *self = FOVEA_SAMPLE_CELL (object);
  GtkWidget *child;

  fovea_sample_cell_unbind (self);

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fovea_sample_cell_parent_class)->dispose (object);
}

static void
fovea_sample_cell_class_init (FoveaSampleCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fovea_sample_cell_dispose;

  g_type_ensure (FOVEA_TYPE_THUMBNAIL);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-sample-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleCell, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleCell, broken_image);
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleCell, verdict_image);
  gtk_widget_class_bind_template_child (widget_class, FoveaSampleCell, class_label);

  gtk_widget_class_set_css_name (widget_class, "fovea-sample-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fovea_sample_cell_init (FoveaSampleCell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_sample_cell_new:
 *
 * Returns: (transfer floating): a new cell without a sample
 */
GtkWidget *
fovea_sample_cell_new (void)
{
  return g_object_new (FOVEA_TYPE_SAMPLE_CELL, NULL);
}

/**
 * fovea_sample_cell_get_sample:
 *
 * Returns: (transfer none) (nullable): what the cell shows
 */
CnnSample *
fovea_sample_cell_get_sample (FoveaSampleCell *self)
{
  g_return_val_if_fail (FOVEA_IS_SAMPLE_CELL (self), NULL);

  return self->sample;
}

/**
 * fovea_sample_cell_bind:
 * @sample: what to show
 * @labels: (nullable): the classes' names
 * @source: (nullable): who makes the thumbnail
 *
 * Shows a sample, and starts to load its thumbnail.
 */
void
fovea_sample_cell_bind (FoveaSampleCell      *self,
                        CnnSample            *sample,
                        CnnLabels            *labels,
                        FoveaThumbnailSource *source)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_CELL (self));
  g_return_if_fail (CNN_IS_SAMPLE (sample));

  fovea_sample_cell_unbind (self);

  self->sample = g_object_ref (sample);
  self->labels = labels != NULL ? cnn_labels_ref (labels) : NULL;
  update_text (self);
  update_accessible (self);

  if (source != NULL)
    load (self, source);
}

/**
 * fovea_sample_cell_unbind:
 *
 * Empties the cell, and takes back the wish for a thumbnail.
 */
void
fovea_sample_cell_unbind (FoveaSampleCell *self)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_CELL (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sample);
  g_clear_pointer (&self->labels, cnn_labels_unref);

  /* In dispose the template's children may be gone. */
  if (self->thumbnail == NULL || gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;

  fovea_thumbnail_set_paintable (self->thumbnail, NULL);
  show_broken (self, FALSE);
  fovea_sample_cell_set_verdict (self, FOVEA_VERDICT_NONE);
}

/**
 * fovea_sample_cell_set_verdict:
 * @verdict: what the prediction for the sample is worth
 *
 * Marks the sample.
 */
void
fovea_sample_cell_set_verdict (FoveaSampleCell *self,
                               FoveaVerdict     verdict)
{
  g_return_if_fail (FOVEA_IS_SAMPLE_CELL (self));

  if (self->verdict == verdict)
    return;

  self->verdict = verdict;
  gtk_image_set_from_icon_name (self->verdict_image, fovea_verdict_get_icon_name (verdict));
  gtk_widget_set_css_classes (GTK_WIDGET (self->verdict_image),
                              fovea_verdict_get_css_classes (verdict));
  gtk_widget_set_visible (GTK_WIDGET (self->verdict_image), verdict != FOVEA_VERDICT_NONE);
  update_accessible (self);
}
