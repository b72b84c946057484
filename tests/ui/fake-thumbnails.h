#pragma once

#include "fovea-ui.h"

G_BEGIN_DECLS

#define FAKE_TYPE_THUMBNAILS (fake_thumbnails_get_type ())

/* A thumbnail source that answers when it is told to, and not before; it does
 * not even listen to cancellation, as a thread that is nearly done would not. */
G_DECLARE_FINAL_TYPE (FakeThumbnails, fake_thumbnails, FAKE, THUMBNAILS, GObject)

FakeThumbnails *fake_thumbnails_new           (void);
guint           fake_thumbnails_get_n_asked   (FakeThumbnails *self);
gboolean        fake_thumbnails_was_asked     (FakeThumbnails *self,
                                               CnnSample      *sample);
gboolean        fake_thumbnails_was_cancelled (FakeThumbnails *self,
                                               CnnSample      *sample);
void            fake_thumbnails_answer        (FakeThumbnails *self,
                                               CnnSample      *sample,
                                               GdkTexture     *texture);
void            fake_thumbnails_keep          (FakeThumbnails *self,
                                               CnnSample      *sample,
                                               GdkTexture     *texture);

G_END_DECLS
