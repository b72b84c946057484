#pragma once

#include "formats/cnn-state-dict.h"
#include "network/cnn-network.h"

G_BEGIN_DECLS

/* Engine-internal: architectures that weights files imply but do not hold.
 *
 * Each is described once, as a function that walks through its layers in the
 * order of its forward pass, with torchvision's names. The walk draws a
 * blueprint: which layers there are, which tensors they want and of what shape.
 * Held against a file it tells whether the architecture is the file's, where it
 * is not what disagrees first, and where it is the network.
 *
 * What varies between files (classes, widths) is read from their tensors with
 * cnn_blueprint_get_extent(); all else is a number in the description. */
typedef struct _CnnBlueprint CnnBlueprint;

typedef struct
{
  const char *name;
  void (*describe) (CnnBlueprint  *blueprint,
                    gconstpointer  variant);
  gconstpointer variant;
} CnnArchitecture;

/* Squares; what is left 0 is 1 for kernel, stride and groups. */
typedef struct
{
  guint out;
  guint kernel;
  guint stride;
  guint padding;
  guint groups;
  gboolean bias;
} CnnConvolutionSpec;

typedef struct
{
  guint kernel;
  guint stride;
  guint padding;
  gboolean ceil_mode;
} CnnPoolSpec;

/* Every layer returns its index, to be the input of others. Names are relative to
 * the module that was entered last. */
void   cnn_blueprint_set_name      (CnnBlueprint             *self,
                                    const char               *format,
                                    ...) G_GNUC_PRINTF (2, 3);
gsize  cnn_blueprint_get_extent    (CnnBlueprint             *self,
                                    const char               *tensor,
                                    guint                     dimension,
                                    gsize                     fallback);
gsize  cnn_blueprint_get_channels  (CnnBlueprint             *self,
                                    guint                     layer);
void   cnn_blueprint_enter         (CnnBlueprint             *self,
                                    const char               *module);
void   cnn_blueprint_leave         (CnnBlueprint             *self);
guint  cnn_blueprint_input         (CnnBlueprint             *self,
                                    gsize                     channels,
                                    gsize                     side);
guint  cnn_blueprint_convolution   (CnnBlueprint             *self,
                                    guint                     input,
                                    const char               *name,
                                    const CnnConvolutionSpec *spec);
guint  cnn_blueprint_linear        (CnnBlueprint             *self,
                                    guint                     input,
                                    const char               *name,
                                    gsize                     out);
guint  cnn_blueprint_batch_norm    (CnnBlueprint             *self,
                                    guint                     input,
                                    const char               *name);
guint  cnn_blueprint_max_pool      (CnnBlueprint             *self,
                                    guint                     input,
                                    const char               *name,
                                    const CnnPoolSpec        *spec);
guint  cnn_blueprint_adaptive_pool (CnnBlueprint             *self,
                                    guint                     input,
                                    const char               *name,
                                    guint                     side);
guint  cnn_blueprint_simple        (CnnBlueprint             *self,
                                    CnnKind                   kind,
                                    guint                     input,
                                    const char               *name);
guint  cnn_blueprint_join          (CnnBlueprint             *self,
                                    CnnKind                   kind,
                                    const char               *name,
                                    guint                     left,
                                    guint                     right);

/* Short names, so that a description reads like the network. */
#define convolution(b, x, name, ...) \
  cnn_blueprint_convolution (b, x, name, &(CnnConvolutionSpec) { __VA_ARGS__ })
#define max_pool(b, x, name, ...) \
  cnn_blueprint_max_pool (b, x, name, &(CnnPoolSpec) { __VA_ARGS__ })
#define batch_norm(b, x, name)          cnn_blueprint_batch_norm (b, x, name)
#define linear(b, x, name, out)         cnn_blueprint_linear (b, x, name, out)
#define adaptive_pool(b, x, name, side) cnn_blueprint_adaptive_pool (b, x, name, side)
#define relu(b, x, name)                cnn_blueprint_simple (b, CNN_KIND_RELU, x, name)
#define dropout(b, x, name)             cnn_blueprint_simple (b, CNN_KIND_DROPOUT, x, name)
#define flatten(b, x, name)             cnn_blueprint_simple (b, CNN_KIND_FLATTEN, x, name)
#define add(b, x, y, name)              cnn_blueprint_join (b, CNN_KIND_ADD, name, x, y)
#define concat(b, x, y, name)           cnn_blueprint_join (b, CNN_KIND_CONCAT, name, x, y)

/* One list a family, each ending with an entry without a name. */
extern const CnnArchitecture cnn_architectures_resnet[];
extern const CnnArchitecture cnn_architectures_squeezenet[];

/* Drawing and using blueprints. */
CnnBlueprint *cnn_blueprint_draw                (const CnnArchitecture  *architecture,
                                                 CnnStateDict           *dict);
void          cnn_blueprint_free                (CnnBlueprint           *self);
const char   *cnn_blueprint_get_name            (CnnBlueprint           *self);
guint         cnn_blueprint_get_n_matches       (CnnBlueprint           *self);
guint         cnn_blueprint_get_n_mismatches    (CnnBlueprint           *self);
gboolean      cnn_blueprint_has_wrong_shape     (CnnBlueprint           *self);
char         *cnn_blueprint_describe_mismatches (CnnBlueprint           *self);
CnnNetwork   *cnn_blueprint_build               (CnnBlueprint           *self,
                                                 GFile                  *file,
                                                 GError                **error);
CnnNetwork   *cnn_architecture_recognize        (CnnStateDict           *dict,
                                                 GFile                  *file,
                                                 GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnBlueprint, cnn_blueprint_free)

G_END_DECLS
