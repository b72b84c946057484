#pragma once

#include "formats/cnn-state-dict.h"
#include "formats/torch/cnn-pickle-private.h"

G_BEGIN_DECLS

/* Engine-internal: `.pth` and `.pt` files in both of the containers that
 * torch.save() has written: zip since PyTorch 1.6, a row of pickles before. */

/* Where a storage's numbers lie in the file. */
typedef struct
{
  gsize offset;
  gsize size;
} CnnTorchExtent;

gboolean              cnn_torch_sniff           (GBytes                *bytes);
CnnStateDict         *cnn_torch_read            (GBytes                *bytes,
                                                 GCancellable          *cancellable,
                                                 GError               **error);

CnnStateDict         *cnn_torch_read_zip        (GBytes                *bytes,
                                                 GCancellable          *cancellable,
                                                 GError               **error);
CnnStateDict         *cnn_torch_read_legacy     (GBytes                *bytes,
                                                 GError               **error);
const CnnPickleValue *cnn_torch_find_state_dict (const CnnPickle       *pickle,
                                                 GError               **error);
CnnStateDict         *cnn_torch_collect         (const CnnPickleValue  *found,
                                                 GBytes                *bytes,
                                                 GHashTable            *extents,
                                                 GError               **error);

G_END_DECLS
