#define G_LOG_DOMAIN "fovea-picture-view"

#include "fovea-picture-view.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "fovea-crop.h"

#define MIN_SIZE        96
#define CORNER_RADIUS   8.f
#define THIN_FRAME      2.f
#define THICK_FRAME     4.f
#define BADGE_MARGIN    8.f

struct _FoveaPictureView
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  CnnCrop crops[CNN_MAX_CROPS];
  guint n_crops;
  int selected_crop;

  /* What the pointer is over, or -1. */
  int hovered_crop;

  /* Everything but the hover, until something of it changes. */
  GskRenderNode *drawing;
};

enum
{
  PROP_0,
  PROP_TEXTURE,
  PROP_N_CROPS,
  PROP_SELECTED_CROP,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaPictureView, fovea_picture_view, GTK_TYPE_WIDGET)

/* Where the picture lies: as large as fits, in the middle, on whole pixels. */
static gboolean
get_picture_bounds (FoveaPictureView *self,
                    graphene_rect_t  *bounds)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  double ratio, w, h;

  if (self->texture == NULL || width <= 0 || height <= 0)
    return FALSE;

  ratio = gdk_paintable_get_intrinsic_aspect_ratio (GDK_PAINTABLE (self->texture));
  w = MAX (1, floor (MIN (width, height * ratio)));
  h = MAX (1, floor (MIN (height, width / ratio)));
  *bounds = GRAPHENE_RECT_INIT (floor ((width - w) / 2), floor ((height - h) / 2), w, h);

  return TRUE;
}

/* The frame of a crop in the widget, clipped to the picture, on whole pixels. */
static gboolean
get_frame (FoveaPictureView *self,
           guint             crop,
           graphene_rect_t  *frame)
{
  const CnnCrop *c = &self->crops[crop];
  graphene_rect_t picture;
  double scale, left, top;

  if (crop >= self->n_crops || !get_picture_bounds (self, &picture))
    return FALSE;

  scale = picture.size.width / gdk_texture_get_width (self->texture);
  left = round (picture.origin.x + c->left * scale);
  top = round (picture.origin.y + c->top * scale);
  *frame = GRAPHENE_RECT_INIT (left, top,
                               round (picture.origin.x + (c->left + (double) c->size) * scale) - left,
                               round (picture.origin.y + (c->top + (double) c->size) * scale) - top);

  return graphene_rect_intersection (frame, &picture, frame);
}

/* A mirrored crop lies where its twin does: places are what frames tell apart. */
static guint
get_n_places (FoveaPictureView *self)
{
  return self->n_crops == CNN_MAX_CROPS ? CNN_MAX_CROPS / 2 : self->n_crops;
}

static void
forget_drawing (FoveaPictureView *self)
{
  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_accessible (FoveaPictureView *self)
{
  g_autofree char *label = NULL;
  g_autofree char *description = NULL;

  if (self->texture == NULL)
    label = g_strdup (_("No picture"));
  else if (self->n_crops == 0)
    label = g_strdup_printf (_("Picture of %d × %d pixels"),
                             gdk_texture_get_width (self->texture),
                             gdk_texture_get_height (self->texture));
  else
    label = g_strdup_printf (ngettext ("Picture of %d × %d pixels with %u crop",
                                       "Picture of %d × %d pixels with %u crops",
                                       self->n_crops),
                             gdk_texture_get_width (self->texture),
                             gdk_texture_get_height (self->texture),
                             self->n_crops);

  if (self->selected_crop >= 0 && self->selected_crop < (int) self->n_crops)
    {
      const CnnCrop *crop = &self->crops[self->selected_crop];

      description = g_strdup_printf (_("Selected crop: %s, %u × %u pixels from column %d, row %d"),
                                     fovea_crop_get_title (self->selected_crop),
                                     crop->size, crop->size, crop->left, crop->top);
    }

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description != NULL ? description : "",
                                  -1);
}

static void
append_frame (GtkSnapshot           *snapshot,
              const graphene_rect_t *frame,
              guint                  crop,
              float                  width)
{
  const GdkRGBA shade = { 0.f, 0.f, 0.f, 0.45f };
  const GdkRGBA shades[4] = { shade, shade, shade, shade };
  const float shade_widths[4] = { width + 1, width + 1, width + 1, width + 1 };
  const float widths[4] = { width, width, width, width };
  GskRoundedRect outline;
  GdkRGBA colors[4];

  /* A dark line inside keeps the colour apart from a bright picture. */
  gsk_rounded_rect_init_from_rect (&outline, frame, CORNER_RADIUS);
  gtk_snapshot_append_border (snapshot, &outline, shade_widths, shades);

  fovea_crop_get_color (crop, &colors[0]);
  colors[1] = colors[2] = colors[3] = colors[0];
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
append_dimming (GtkSnapshot           *snapshot,
                const graphene_rect_t *picture,
                const graphene_rect_t *frame)
{
  const GdkRGBA shade = { 0.f, 0.f, 0.f, 0.5f };
  float right = frame->origin.x + frame->size.width;
  float bottom = frame->origin.y + frame->size.height;
  float picture_right = picture->origin.x + picture->size.width;
  float picture_bottom = picture->origin.y + picture->size.height;
  const graphene_rect_t sides[] = {
    GRAPHENE_RECT_INIT (picture->origin.x, picture->origin.y,
                        picture->size.width, frame->origin.y - picture->origin.y),
    GRAPHENE_RECT_INIT (picture->origin.x, bottom,
                        picture->size.width, picture_bottom - bottom),
    GRAPHENE_RECT_INIT (picture->origin.x, frame->origin.y,
                        frame->origin.x - picture->origin.x, frame->size.height),
    GRAPHENE_RECT_INIT (right, frame->origin.y,
                        picture_right - right, frame->size.height),
  };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (sides[i].size.width > 0 && sides[i].size.height > 0)
      gtk_snapshot_append_color (snapshot, &shade, &sides[i]);
}

/* Badges sit where no other crop's does: each corner's in its corner, the
 * centre's in the middle of its upper edge. */
static void
append_badge (FoveaPictureView      *self,
              GtkSnapshot           *snapshot,
              const graphene_rect_t *frame,
              guint                  place)
{
  gboolean to_right = place == 2 || place == 4;
  gboolean to_bottom = place == 3 || place == 4;
  float free_width = frame->size.width - FOVEA_CROP_BADGE_SIZE;
  float free_height = frame->size.height - FOVEA_CROP_BADGE_SIZE;
  float x = to_right ? free_width - BADGE_MARGIN : BADGE_MARGIN;
  float y = to_bottom ? free_height - BADGE_MARGIN : BADGE_MARGIN;
  guint crop = place;

  if (free_width < 2 * BADGE_MARGIN || free_height < 2 * BADGE_MARGIN)
    return;

  if (place == 0)
    x = free_width / 2;
  if (self->selected_crop == (int) (place + CNN_MAX_CROPS / 2))
    crop = self->selected_crop;

  fovea_crop_snapshot_badge (snapshot, GTK_WIDGET (self), crop,
                             roundf (frame->origin.x + x), roundf (frame->origin.y + y));
}

static void
append_frames (FoveaPictureView      *self,
               GtkSnapshot           *snapshot,
               const graphene_rect_t *picture)
{
  guint n_places = get_n_places (self);
  int selected = -1;
  graphene_rect_t frame;

  if (n_places > 0 && self->selected_crop >= 0 && self->selected_crop < (int) self->n_crops)
    selected = self->selected_crop % n_places;

  if (selected >= 0 && get_frame (self, selected, &frame))
    append_dimming (snapshot, picture, &frame);

  /* From the last to the first, so that the centre lies on the corners. */
  for (int i = (int) n_places - 1; i >= 0; i--)
    if (i != selected && get_frame (self, i, &frame))
      append_frame (snapshot, &frame, i, THIN_FRAME);

  if (selected >= 0 && get_frame (self, selected, &frame))
    append_frame (snapshot, &frame, selected, THICK_FRAME);

  for (guint i = 0; n_places > 1 && i < n_places; i++)
    if (get_frame (self, i, &frame))
      append_badge (self, snapshot, &frame, i);
}

static GskRenderNode *
draw (FoveaPictureView *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  graphene_rect_t picture;
  GskRoundedRect outline;

  if (get_picture_bounds (self, &picture))
    {
      gsk_rounded_rect_init_from_rect (&outline, &picture, CORNER_RADIUS);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_texture (snapshot, self->texture, &picture);
      append_frames (self, snapshot, &picture);
      gtk_snapshot_pop (snapshot);
    }

  return gtk_snapshot_free_to_node (snapshot);
}

static void
fovea_picture_view_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (widget);
  graphene_rect_t frame;

  if (self->drawing == NULL)
    self->drawing = draw (self);
  if (self->drawing != NULL)
    gtk_snapshot_append_node (snapshot, self->drawing);

  if (self->hovered_crop >= 0 && get_frame (self, self->hovered_crop, &frame))
    {
      GskRoundedRect outline;
      GdkRGBA veil;

      fovea_crop_get_color (self->hovered_crop, &veil);
      veil.alpha = 0.16f;
      gsk_rounded_rect_init_from_rect (&outline, &frame, CORNER_RADIUS);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_color (snapshot, &veil, &frame);
      gtk_snapshot_pop (snapshot);
    }
}

static GtkSizeRequestMode
fovea_picture_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_picture_view_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (widget);
  double width, height;

  *minimum = *natural = MIN_SIZE;

  if (self->texture == NULL)
    return;

  width = gdk_texture_get_width (self->texture);
  height = gdk_texture_get_height (self->texture);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (MIN_SIZE, for_size < 0 ? width : ceil (for_size * width / height));
  else
    *natural = MAX (MIN_SIZE, for_size < 0 ? height : ceil (for_size * height / width));
}

static void
fovea_picture_view_size_allocate (GtkWidget *widget,
                                  int        width,
                                  int        height,
                                  int        baseline)
{
  g_clear_pointer (&FOVEA_PICTURE_VIEW (widget)->drawing, gsk_render_node_unref);
}

static void
fovea_picture_view_css_changed (GtkWidget         *widget,
                                GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fovea_picture_view_parent_class)->css_changed (widget, change);

  /* The badges' font may be another now. */
  forget_drawing (FOVEA_PICTURE_VIEW (widget));
}

static gboolean
fovea_picture_view_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard,
                                  GtkTooltip *tooltip)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (widget);
  int crop = keyboard ? self->selected_crop : fovea_picture_view_pick_crop (self, x, y);

  if (crop < 0 || crop >= (int) self->n_crops)
    return FALSE;

  gtk_tooltip_set_text (tooltip, fovea_crop_get_title (crop));

  return TRUE;
}

static void
set_hovered_crop (FoveaPictureView *self,
                  int               crop)
{
  if (self->hovered_crop == crop)
    return;

  self->hovered_crop = crop;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), crop >= 0 ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           FoveaPictureView         *self)
{
  set_hovered_crop (self, fovea_picture_view_pick_crop (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller,
          FoveaPictureView         *self)
{
  set_hovered_crop (self, -1);
}

static void
click_cb (GtkGestureClick  *gesture,
          int               n_press,
          double            x,
          double            y,
          FoveaPictureView *self)
{
  int crop = fovea_picture_view_pick_crop (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));

  if (crop < 0)
    return;

  /* A second click on a place goes on to its mirrored twin. */
  if (crop == self->selected_crop && get_n_places (self) < self->n_crops)
    crop += CNN_MAX_CROPS / 2;

  fovea_picture_view_set_selected_crop (self, crop);
}

static gboolean
select_crop_cb (GtkWidget *widget,
                GVariant  *args,
                gpointer   unused)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (widget);
  int crop = g_variant_get_int32 (args);

  if (crop >= (int) self->n_crops)
    return FALSE;

  fovea_picture_view_set_selected_crop (self, crop);

  return TRUE;
}

static void
fovea_picture_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (object);

  switch (prop_id)
    {
    case PROP_TEXTURE:
      g_value_set_object (value, self->texture);
      break;
    case PROP_N_CROPS:
      g_value_set_uint (value, self->n_crops);
      break;
    case PROP_SELECTED_CROP:
      g_value_set_int (value, self->selected_crop);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_picture_view_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (object);

  switch (prop_id)
    {
    case PROP_TEXTURE:
      fovea_picture_view_set_texture (self, g_value_get_object (value));
      break;
    case PROP_SELECTED_CROP:
      fovea_picture_view_set_selected_crop (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_picture_view_dispose (GObject *object)
{
  FoveaPictureView *self = FOVEA_PICTURE_VIEW (object);

  g_clear_pointer (&self->drawing, gsk_render_node_unref);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (fovea_picture_view_parent_class)->dispose (object);
}

static void
fovea_picture_view_class_init (FoveaPictureViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_picture_view_get_property;
  object_class->set_property = fovea_picture_view_set_property;
  object_class->dispose = fovea_picture_view_dispose;

  widget_class->snapshot = fovea_picture_view_snapshot;
  widget_class->get_request_mode = fovea_picture_view_get_request_mode;
  widget_class->measure = fovea_picture_view_measure;
  widget_class->size_allocate = fovea_picture_view_size_allocate;
  widget_class->css_changed = fovea_picture_view_css_changed;
  widget_class->query_tooltip = fovea_picture_view_query_tooltip;

  /**
   * FoveaPictureView:texture:
   *
   * The picture, as resized for cropping, or %NULL.
   */
  properties[PROP_TEXTURE] =
    g_param_spec_object ("texture", NULL, NULL, GDK_TYPE_TEXTURE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaPictureView:n-crops:
   *
   * How many crops have frames.
   */
  properties[PROP_N_CROPS] =
    g_param_spec_uint ("n-crops", NULL, NULL, 0, CNN_MAX_CROPS, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaPictureView:selected-crop:
   *
   * The selected crop's number, or %CNN_MEAN_OF_CROPS if it is none of them.
   */
  properties[PROP_SELECTED_CROP] =
    g_param_spec_int ("selected-crop", NULL, NULL,
                      CNN_MEAN_OF_CROPS, CNN_MAX_CROPS - 1, CNN_MEAN_OF_CROPS,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  for (int i = 0; i < CNN_MAX_CROPS; i++)
    {
      int digit = (i + 1) % 10;

      gtk_widget_class_add_binding (widget_class, GDK_KEY_0 + digit, 0, select_crop_cb, "i", i);
      gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_0 + digit, 0, select_crop_cb, "i", i);
    }

  gtk_widget_class_set_css_name (widget_class, "fovea-picture-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_picture_view_init (FoveaPictureView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->selected_crop = CNN_MEAN_OF_CROPS;
  self->hovered_crop = -1;

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  g_signal_connect (click, "pressed", G_CALLBACK (click_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  update_accessible (self);
}

/**
 * fovea_picture_view_new:
 *
 * Returns: (transfer floating): a new picture view
 */
GtkWidget *
fovea_picture_view_new (void)
{
  return g_object_new (FOVEA_TYPE_PICTURE_VIEW, NULL);
}

/**
 * fovea_picture_view_get_texture:
 *
 * Returns: (transfer none) (nullable): the picture
 */
GdkTexture *
fovea_picture_view_get_texture (FoveaPictureView *self)
{
  g_return_val_if_fail (FOVEA_IS_PICTURE_VIEW (self), NULL);

  return self->texture;
}

/**
 * fovea_picture_view_set_texture:
 * @texture: (nullable): the picture
 *
 * Shows a picture. The frames stay as they are: set them along with it.
 */
void
fovea_picture_view_set_texture (FoveaPictureView *self,
                                GdkTexture       *texture)
{
  g_return_if_fail (FOVEA_IS_PICTURE_VIEW (self));
  g_return_if_fail (texture == NULL || GDK_IS_TEXTURE (texture));

  if (!g_set_object (&self->texture, texture))
    return;

  forget_drawing (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXTURE]);
}

/**
 * fovea_picture_view_get_n_crops:
 *
 * Returns: how many crops have frames
 */
guint
fovea_picture_view_get_n_crops (FoveaPictureView *self)
{
  g_return_val_if_fail (FOVEA_IS_PICTURE_VIEW (self), 0);

  return self->n_crops;
}

/**
 * fovea_picture_view_set_crops:
 * @crops: (array length=n_crops) (nullable): where the crops lie on the picture,
 *   in its pixels; copied
 * @n_crops: how many, at most %CNN_MAX_CROPS
 *
 * Sets the frames. Of ten crops the last five are the mirrored ones and share
 * the frames of the first five.
 */
void
fovea_picture_view_set_crops (FoveaPictureView *self,
                              const CnnCrop    *crops,
                              guint             n_crops)
{
  gboolean other_number;

  g_return_if_fail (FOVEA_IS_PICTURE_VIEW (self));
  g_return_if_fail (n_crops <= CNN_MAX_CROPS);
  g_return_if_fail (crops != NULL || n_crops == 0);

  other_number = self->n_crops != n_crops;
  self->n_crops = n_crops;
  if (n_crops > 0)
    memcpy (self->crops, crops, n_crops * sizeof *crops);

  set_hovered_crop (self, -1);
  forget_drawing (self);
  update_accessible (self);

  if (other_number)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CROPS]);
}

/**
 * fovea_picture_view_get_selected_crop:
 *
 * Returns: the selected crop's number, or %CNN_MEAN_OF_CROPS
 */
int
fovea_picture_view_get_selected_crop (FoveaPictureView *self)
{
  g_return_val_if_fail (FOVEA_IS_PICTURE_VIEW (self), CNN_MEAN_OF_CROPS);

  return self->selected_crop;
}

/**
 * fovea_picture_view_set_selected_crop:
 * @crop: a crop's number, or %CNN_MEAN_OF_CROPS for none
 *
 * Selects a crop. One that has no frame yet is remembered until it has.
 */
void
fovea_picture_view_set_selected_crop (FoveaPictureView *self,
                                      int               crop)
{
  g_return_if_fail (FOVEA_IS_PICTURE_VIEW (self));
  g_return_if_fail (crop >= CNN_MEAN_OF_CROPS && crop < CNN_MAX_CROPS);

  if (self->selected_crop == crop)
    return;

  self->selected_crop = crop;
  forget_drawing (self);
  update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_CROP]);
}

/**
 * fovea_picture_view_pick_crop:
 * @x: column in the widget
 * @y: row in the widget
 *
 * Finds which crop a click there selects: of the frames around the point the
 * smallest, and among equal ones that whose middle is nearest.
 *
 * Returns: the crop's number, or -1 if no frame is there
 */
int
fovea_picture_view_pick_crop (FoveaPictureView *self,
                              double            x,
                              double            y)
{
  const graphene_point_t point = GRAPHENE_POINT_INIT (x, y);
  double best_area = DBL_MAX, best_distance = DBL_MAX;
  int best = -1;

  g_return_val_if_fail (FOVEA_IS_PICTURE_VIEW (self), -1);

  for (guint i = 0; i < get_n_places (self); i++)
    {
      graphene_rect_t frame;
      graphene_point_t middle;
      double area, distance;

      if (!get_frame (self, i, &frame) || !graphene_rect_contains_point (&frame, &point))
        continue;

      graphene_rect_get_center (&frame, &middle);
      area = graphene_rect_get_area (&frame);
      distance = graphene_point_distance (&middle, &point, NULL, NULL);

      /* Rounding to whole pixels makes equal frames differ by a line. */
      if (area < 0.9 * best_area || (area < 1.1 * best_area && distance < best_distance))
        {
          best = i;
          best_area = area;
          best_distance = distance;
        }
    }

  return best;
}
