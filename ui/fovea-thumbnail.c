#define G_LOG_DOMAIN "fovea-thumbnail"

#include "fovea-thumbnail.h"

#define DEFAULT_SIZE 96

struct _FoveaThumbnail
{
  GtkWidget parent_instance;

  GdkPaintable *paintable;
  int size;
};

enum
{
  PROP_0,
  PROP_PAINTABLE,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaThumbnail, fovea_thumbnail, GTK_TYPE_WIDGET)

static void
fovea_thumbnail_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  FoveaThumbnail *self = FOVEA_THUMBNAIL (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double ratio, w, h;

  if (self->paintable == NULL || width <= 0 || height <= 0)
    return;

  ratio = gdk_paintable_get_intrinsic_aspect_ratio (self->paintable);
  if (ratio <= 0)
    ratio = 1;
  w = MAX (width, height * ratio);
  h = MAX (height, width / ratio);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - w) / 2, (height - h) / 2));
  gdk_paintable_snapshot (self->paintable, snapshot, w, h);
  gtk_snapshot_restore (snapshot);
}

/* One that does not fill its place keeps its size. */
static gboolean
grows (GtkWidget *widget)
{
  return gtk_widget_get_valign (widget) == GTK_ALIGN_FILL;
}

static GtkSizeRequestMode
fovea_thumbnail_get_request_mode (GtkWidget *widget)
{
  return grows (widget) ? GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
fovea_thumbnail_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  FoveaThumbnail *self = FOVEA_THUMBNAIL (widget);

  *minimum = *natural = self->size;

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > self->size && grows (widget))
    *minimum = *natural = for_size;
}

static void
fovea_thumbnail_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  FoveaThumbnail *self = FOVEA_THUMBNAIL (object);

  switch (prop_id)
    {
    case PROP_PAINTABLE:
      g_value_set_object (value, self->paintable);
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_thumbnail_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  FoveaThumbnail *self = FOVEA_THUMBNAIL (object);

  switch (prop_id)
    {
    case PROP_PAINTABLE:
      fovea_thumbnail_set_paintable (self, g_value_get_object (value));
      break;
    case PROP_SIZE:
      fovea_thumbnail_set_size (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_thumbnail_dispose (GObject *object)
{
  FoveaThumbnail *self = FOVEA_THUMBNAIL (object);

  g_clear_object (&self->paintable);

  G_OBJECT_CLASS (fovea_thumbnail_parent_class)->dispose (object);
}

static void
fovea_thumbnail_class_init (FoveaThumbnailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_thumbnail_get_property;
  object_class->set_property = fovea_thumbnail_set_property;
  object_class->dispose = fovea_thumbnail_dispose;

  widget_class->snapshot = fovea_thumbnail_snapshot;
  widget_class->get_request_mode = fovea_thumbnail_get_request_mode;
  widget_class->measure = fovea_thumbnail_measure;

  /**
   * FoveaThumbnail:paintable:
   *
   * The picture, one that does not change; or %NULL.
   */
  properties[PROP_PAINTABLE] =
    g_param_spec_object ("paintable", NULL, NULL, GDK_TYPE_PAINTABLE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaThumbnail:size:
   *
   * The smallest side, in pixels.
   */
  properties[PROP_SIZE] =
    g_param_spec_int ("size", NULL, NULL, 1, 1024, DEFAULT_SIZE,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "fovea-thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_thumbnail_init (FoveaThumbnail *self)
{
  self->size = DEFAULT_SIZE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * fovea_thumbnail_new:
 *
 * Returns: (transfer floating): a new thumbnail without a picture
 */
GtkWidget *
fovea_thumbnail_new (void)
{
  return g_object_new (FOVEA_TYPE_THUMBNAIL, NULL);
}

/**
 * fovea_thumbnail_get_paintable:
 *
 * Returns: (transfer none) (nullable): the picture
 */
GdkPaintable *
fovea_thumbnail_get_paintable (FoveaThumbnail *self)
{
  g_return_val_if_fail (FOVEA_IS_THUMBNAIL (self), NULL);

  return self->paintable;
}

/**
 * fovea_thumbnail_set_paintable:
 * @paintable: (nullable): a picture that does not change, such as a texture
 *
 * Shows a picture, or with %NULL the empty place for one.
 */
void
fovea_thumbnail_set_paintable (FoveaThumbnail *self,
                               GdkPaintable   *paintable)
{
  g_return_if_fail (FOVEA_IS_THUMBNAIL (self));
  g_return_if_fail (paintable == NULL || GDK_IS_PAINTABLE (paintable));

  if (!g_set_object (&self->paintable, paintable))
    return;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAINTABLE]);
}

/**
 * fovea_thumbnail_get_size:
 *
 * Returns: the smallest side, in pixels
 */
int
fovea_thumbnail_get_size (FoveaThumbnail *self)
{
  g_return_val_if_fail (FOVEA_IS_THUMBNAIL (self), 0);

  return self->size;
}

/**
 * fovea_thumbnail_set_size:
 * @size: the smallest side, in pixels
 */
void
fovea_thumbnail_set_size (FoveaThumbnail *self,
                          int             size)
{
  g_return_if_fail (FOVEA_IS_THUMBNAIL (self));
  g_return_if_fail (size > 0);

  if (self->size == size)
    return;

  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}
