#define G_LOG_DOMAIN "fovea-crop-badge"

#include "fovea-crop-badge.h"

#include "fovea-crop.h"

struct _FoveaCropBadge
{
  GtkWidget parent_instance;

  guint crop;
};

enum
{
  PROP_0,
  PROP_CROP,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaCropBadge, fovea_crop_badge, GTK_TYPE_WIDGET)

static void
fovea_crop_badge_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  float x = (gtk_widget_get_width (widget) - FOVEA_CROP_BADGE_SIZE) / 2;
  float y = (gtk_widget_get_height (widget) - FOVEA_CROP_BADGE_SIZE) / 2;

  fovea_crop_snapshot_badge (snapshot, widget, FOVEA_CROP_BADGE (widget)->crop, x, y);
}

static void
fovea_crop_badge_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = *natural = FOVEA_CROP_BADGE_SIZE;
}

static void
fovea_crop_badge_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CROP:
      g_value_set_uint (value, FOVEA_CROP_BADGE (object)->crop);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_crop_badge_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CROP:
      fovea_crop_badge_set_crop (FOVEA_CROP_BADGE (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_crop_badge_class_init (FoveaCropBadgeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_crop_badge_get_property;
  object_class->set_property = fovea_crop_badge_set_property;

  widget_class->snapshot = fovea_crop_badge_snapshot;
  widget_class->measure = fovea_crop_badge_measure;

  /**
   * FoveaCropBadge:crop:
   *
   * The crop's number, from 0.
   */
  properties[PROP_CROP] =
    g_param_spec_uint ("crop", NULL, NULL, 0, CNN_MAX_CROPS - 1, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
fovea_crop_badge_init (FoveaCropBadge *self)
{
}

/**
 * fovea_crop_badge_get_crop:
 *
 * Returns: the crop's number, from 0
 */
guint
fovea_crop_badge_get_crop (FoveaCropBadge *self)
{
  g_return_val_if_fail (FOVEA_IS_CROP_BADGE (self), 0);

  return self->crop;
}

/**
 * fovea_crop_badge_set_crop:
 * @crop: a crop's number, less than %CNN_MAX_CROPS
 */
void
fovea_crop_badge_set_crop (FoveaCropBadge *self,
                           guint           crop)
{
  g_return_if_fail (FOVEA_IS_CROP_BADGE (self));
  g_return_if_fail (crop < CNN_MAX_CROPS);

  if (self->crop == crop)
    return;

  self->crop = crop;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CROP]);
}
