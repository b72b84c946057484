#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CnnImage:
 *
 * A picture of 8-bit RGB pixels, rows top to bottom without gaps between them.
 * Reference-counted and immutable.
 */
typedef struct _CnnImage CnnImage;

#define CNN_TYPE_IMAGE (cnn_image_get_type ())

/**
 * CnnFilter:
 * @CNN_FILTER_BILINEAR: triangle filter, support 1, widened when shrinking
 * @CNN_FILTER_LANCZOS: Lanczos filter with three lobes, widened when shrinking
 * @CNN_FILTER_BICUBIC: cubic filter with a = −½, support 2, widened when shrinking
 *
 * How a picture is resampled. All are antialiased and give the same bytes as
 * Pillow's filters of these names.
 */
typedef enum
{
  CNN_FILTER_BILINEAR,
  CNN_FILTER_LANCZOS,
  CNN_FILTER_BICUBIC,
  CNN_N_FILTERS
} CnnFilter;

GType         cnn_image_get_type       (void) G_GNUC_CONST;
CnnImage     *cnn_image_new            (guint           width,
                                        guint           height,
                                        const guint8   *pixels);
CnnImage     *cnn_image_load           (GFile          *file,
                                        GCancellable   *cancellable,
                                        GError        **error);
CnnImage     *cnn_image_new_from_bytes (GBytes         *bytes,
                                        GCancellable   *cancellable,
                                        GError        **error);
CnnImage     *cnn_image_ref            (CnnImage       *self);
void          cnn_image_unref          (CnnImage       *self);
guint         cnn_image_get_width      (const CnnImage *self);
guint         cnn_image_get_height     (const CnnImage *self);
const guint8 *cnn_image_get_pixels     (const CnnImage *self);
GBytes       *cnn_image_dup_bytes      (CnnImage       *self);
CnnImage     *cnn_image_resize         (CnnImage       *self,
                                        guint           width,
                                        guint           height,
                                        CnnFilter       filter);
CnnImage     *cnn_image_crop           (CnnImage       *self,
                                        int             left,
                                        int             top,
                                        guint           width,
                                        guint           height);
gboolean      cnn_image_save_png       (CnnImage       *self,
                                        GFile          *file,
                                        GCancellable   *cancellable,
                                        GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnImage, cnn_image_unref)

G_END_DECLS
