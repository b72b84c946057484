#pragma once

#include "formats/cnn-state-dict.h"

G_BEGIN_DECLS

/* Weights files that never were: tensors of zeros with the names and shapes that
 * PyTorch's modules have. All of them share one block of memory, so that networks
 * of any size cost nothing. */
typedef struct _MadeWeights MadeWeights;

MadeWeights  *made_weights_new         (void);
CnnStateDict *made_weights_get_dict    (MadeWeights    *self);
void          made_weights_free        (MadeWeights    *self);
void          made_weights_add         (MadeWeights    *self,
                                        const CnnShape *shape,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (3, 4);

/* Modules of the name that the last arguments make. */
void          made_convolution         (MadeWeights    *self,
                                        gsize           out,
                                        gsize           in,
                                        gsize           rows,
                                        gsize           columns,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (6, 7);
void          made_bias                (MadeWeights    *self,
                                        gsize           n,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (3, 4);
void          made_linear              (MadeWeights    *self,
                                        gsize           out,
                                        gsize           in,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (4, 5);
void          made_batch_norm          (MadeWeights    *self,
                                        gsize           n,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (3, 4);
void          made_layer_norm          (MadeWeights    *self,
                                        gsize           n,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (3, 4);

/* torchvision.ops.Conv2dNormActivation, and SqueezeExcitation or timm's. */
void          made_norm_activation     (MadeWeights    *self,
                                        gsize           out,
                                        gsize           in,
                                        gsize           kernel,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (5, 6);
void          made_excitation          (MadeWeights    *self,
                                        gsize           channels,
                                        gsize           squeezed,
                                        gboolean        timm,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (5, 6);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MadeWeights, made_weights_free)

G_END_DECLS
