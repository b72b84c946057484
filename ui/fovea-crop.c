/* What the widgets that show crops have in common: their titles, colours and
 * numbered badges. */

#include "fovea-crop.h"

#include <glib/gi18n.h>

#include "fovea-palette.h"

#define N_PLACES (CNN_MAX_CROPS / 2)

/**
 * fovea_crop_get_title:
 * @crop: a crop's number, less than %CNN_MAX_CROPS
 *
 * Returns: the crop's name for people, in their language
 */
const char *
fovea_crop_get_title (guint crop)
{
  static const char *const titles[CNN_MAX_CROPS] = {
    N_("Centre"),
    N_("Top left"),
    N_("Top right"),
    N_("Bottom left"),
    N_("Bottom right"),
    N_("Centre, mirrored"),
    N_("Top left, mirrored"),
    N_("Top right, mirrored"),
    N_("Bottom left, mirrored"),
    N_("Bottom right, mirrored"),
  };

  g_return_val_if_fail (crop < CNN_MAX_CROPS, NULL);

  return _(titles[crop]);
}

/**
 * fovea_crop_get_color:
 * @crop: a crop's number, less than %CNN_MAX_CROPS
 * @color: (out): the colour of its frame and badge
 *
 * Gives each of the five places a colour; a mirrored crop has that of its place.
 */
void
fovea_crop_get_color (guint    crop,
                      GdkRGBA *color)
{
  const GdkRGBA colors[N_PLACES] = {
    FOVEA_ORANGE,
    FOVEA_SKY_BLUE,
    FOVEA_GREEN,
    FOVEA_PURPLE,
    FOVEA_VERMILLION,
  };

  g_return_if_fail (crop < CNN_MAX_CROPS);

  *color = colors[crop % N_PLACES];
}

/**
 * fovea_crop_snapshot_badge:
 * @snapshot: where to draw
 * @widget: whose font the number is in
 * @crop: a crop's number, less than %CNN_MAX_CROPS
 * @x: left edge
 * @y: top edge
 *
 * Draws the crop's number, counted from 1 as its key is, on its colour.
 */
void
fovea_crop_snapshot_badge (GtkSnapshot *snapshot,
                           GtkWidget   *widget,
                           guint        crop,
                           float        x,
                           float        y)
{
  const graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (x, y, FOVEA_CROP_BADGE_SIZE, FOVEA_CROP_BADGE_SIZE);
  const GdkRGBA ink = { 0.f, 0.f, 0.f, 0.87f };
  g_autofree char *text = g_strdup_printf ("%u", crop + 1);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();
  GskRoundedRect outline;
  PangoRectangle logical;
  GdkRGBA color;

  fovea_crop_get_color (crop, &color);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, FOVEA_CROP_BADGE_SIZE / 2.f);

  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_attr_list_insert (attributes, pango_attr_size_new_absolute (11 * PANGO_SCALE));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_get_extents (layout, NULL, &logical);

  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &color, &bounds);
  gtk_snapshot_pop (snapshot);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
    &GRAPHENE_POINT_INIT (x + (FOVEA_CROP_BADGE_SIZE - (float) logical.width / PANGO_SCALE) / 2,
                          y + (FOVEA_CROP_BADGE_SIZE - (float) logical.height / PANGO_SCALE) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}
