#pragma once

#include "formats/cnn-state-dict.h"
#include "formats/torch/cnn-pickle-private.h"

G_BEGIN_DECLS

/* Engine-internal: `.pth` and `.pt` files in both of the containers that
 * torch.save() has written: zip since PyTorch 1.6, a row of pickles before. */

/* Where a storage's numbers lie: most often in the file's own bytes. */
typedef struct
{
  GBytes *bytes;
  gsize offset;
  gsize size;
} CnnTorchExtent;

CnnTorchExtent       *cnn_torch_extent_new      (GBytes                *bytes,
                                                 gsize                  offset,
                                                 gsize                  size);
void                  cnn_torch_extent_free     (CnnTorchExtent        *extent);

/* The dict of tensors in what was saved. */
typedef struct
{
  const CnnPickleValue *dict;
  char *note;                   /* which one it is, where there was a choice; or NULL */
} CnnTorchChoice;

void                  cnn_torch_choice_clear    (CnnTorchChoice        *choice);
gboolean              cnn_torch_choose          (const CnnPickle       *pickle,
                                                 CnnTorchChoice        *choice,
                                                 GError               **error);

gboolean              cnn_torch_sniff           (GBytes                *bytes);
CnnStateDict         *cnn_torch_read            (GBytes                *bytes,
                                                 GCancellable          *cancellable,
                                                 GError               **error);

CnnStateDict         *cnn_torch_read_zip        (GBytes                *bytes,
                                                 GCancellable          *cancellable,
                                                 GError               **error);
CnnStateDict         *cnn_torch_read_legacy     (GBytes                *bytes,
                                                 GError               **error);
CnnStateDict         *cnn_torch_collect         (const CnnTorchChoice  *choice,
                                                 GBytes                *bytes,
                                                 GHashTable            *extents,
                                                 GError               **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CnnTorchChoice, cnn_torch_choice_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnTorchExtent, cnn_torch_extent_free)

G_END_DECLS
