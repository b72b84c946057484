#pragma once

#include "fovea-ui.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_THUMBNAILER (fovea_thumbnailer_get_type ())

/**
 * FoveaThumbnailer:
 *
 * Makes thumbnails with the engine, a few at a time, those asked for last first:
 * while people scroll, what they see now comes before what they passed. Keeps
 * those used last, up to a number of bytes.
 */
G_DECLARE_FINAL_TYPE (FoveaThumbnailer, fovea_thumbnailer, FOVEA, THUMBNAILER, GObject)

FoveaThumbnailer *fovea_thumbnailer_new            (guint             max_running,
                                                   gsize             max_bytes);
gsize             fovea_thumbnailer_get_used_bytes (FoveaThumbnailer *self);

G_END_DECLS
