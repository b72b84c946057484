#pragma once

#include "formats/architectures/cnn-inventory-private.h"
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
 * Numbers in a description are those of the paper. Depths are counted in the file
 * and widths read from it, so that a description fits every size of its family;
 * where tensors disagree about a width, the majority of them is right. */
typedef struct _CnnBlueprint CnnBlueprint;

typedef struct
{
  const char *name;
  void (*describe) (CnnBlueprint  *blueprint,
                    gconstpointer  variant);
  gconstpointer variant;
} CnnArchitecture;

/* In place of a layer's name: the next number, which is how nn.Sequential names
 * the modules in it. */
extern const char cnn_blueprint_next[];
#define NEXT cnn_blueprint_next

/* In place of a padding: half of the window, which keeps the size of the map
 * where the stride is 1. */
#define SAME G_MAXUINT

/* In place of an activation: none; or clipping at 0 and 6. */
#define NO_ACTIVATION CNN_KIND_IDENTITY
#define RELU6 CNN_KIND_CLIP

/* In place of a number of groups: one for each channel. */
#define DEPTHWISE G_MAXUINT

/* Square, but where there are rows and columns. What is left 0 is 1 for kernel,
 * stride and groups. */
typedef struct
{
  guint out;            /* how many channels come out as a rule */
  gboolean exact;       /* never another number: this is not the file's to say */
  guint kernel;
  guint rows, columns;  /* of a kernel that is not square */
  guint stride;
  guint padding;
  guint groups;
  gboolean bias;
  gboolean linear;      /* in the file it is a linear layer, which works on each cell by itself */
  const char *norm;     /* the name of a batch norm that follows */
} CnnConvolutionSpec;

typedef struct
{
  guint kernel;
  guint stride;
  guint padding;
  gboolean ceil_mode;
  gboolean count_include_pad;
} CnnPoolSpec;

/* Squeeze and excitation: the averages of all channels, by way of fewer, say how
 * much of each channel passes. */
typedef struct
{
  guint squeezed;       /* how many channels are between as a rule */
  CnnKind activation;
  CnnKind gate;
  gboolean timm;        /* timm's names instead of torchvision's */
} CnnExcitationSpec;

/* What a description asks the file, and says of the whole network. Names are
 * relative to the module that was entered last. */
void     cnn_blueprint_set_name        (CnnBlueprint       *self,
                                        const char         *format,
                                        ...) G_GNUC_PRINTF (2, 3);
void     cnn_blueprint_set_scaled_name (CnnBlueprint       *self,
                                        const char         *name,
                                        gsize               width,
                                        gsize               usual);
void     cnn_blueprint_set_epsilon     (CnnBlueprint       *self,
                                        double              epsilon);
void     cnn_blueprint_set_spelling    (CnnBlueprint       *self,
                                        const char         *layer,
                                        const char         *in_file);
void     cnn_blueprint_leave_out       (CnnBlueprint       *self,
                                        const char         *module);
gboolean cnn_blueprint_has_module      (CnnBlueprint       *self,
                                        const char         *module);
guint    cnn_blueprint_count_modules   (CnnBlueprint       *self,
                                        const char         *prefix,
                                        guint               first);
gsize    cnn_blueprint_get_extent      (CnnBlueprint       *self,
                                        guint               dimension,
                                        gsize               usual,
                                        const char *const  *tensors);
gsize    cnn_blueprint_get_channels    (CnnBlueprint       *self,
                                        guint               layer);

/* Where the walk is. */
void     cnn_blueprint_enter           (CnnBlueprint       *self,
                                        const char         *format,
                                        ...) G_GNUC_PRINTF (2, 3);
void     cnn_blueprint_enter_next      (CnnBlueprint       *self);
void     cnn_blueprint_leave           (CnnBlueprint       *self);

/* Layers. Each returns its index, to be the input of others. */
guint    cnn_blueprint_input           (CnnBlueprint             *self,
                                        gsize                     channels,
                                        gsize                     side);
guint    cnn_blueprint_convolution     (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        const CnnConvolutionSpec *spec);
guint    cnn_blueprint_linear          (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        gsize                     out);
guint    cnn_blueprint_batch_norm      (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name);
guint    cnn_blueprint_pool            (CnnBlueprint             *self,
                                        CnnKind                   kind,
                                        guint                     input,
                                        const char               *name,
                                        const CnnPoolSpec        *spec);
guint    cnn_blueprint_adaptive_pool   (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        guint                     side);
guint    cnn_blueprint_simple          (CnnBlueprint             *self,
                                        CnnKind                   kind,
                                        guint                     input,
                                        const char               *name);
guint    cnn_blueprint_layer_norm      (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name);
guint    cnn_blueprint_scale           (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name);
guint    cnn_blueprint_slice           (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        gsize                     first,
                                        gsize                     n_channels);
guint    cnn_blueprint_shuffle         (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        guint                     groups);
guint    cnn_blueprint_join            (CnnBlueprint             *self,
                                        CnnKind                   kind,
                                        const char               *name,
                                        const guint              *inputs,
                                        guint                     n_inputs);

/* Modules that several families share. */
guint    cnn_blueprint_transform_input (CnnBlueprint             *self,
                                        guint                     input);
guint    cnn_blueprint_norm_activation (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        CnnKind                   activation,
                                        const CnnConvolutionSpec *spec);
guint    cnn_blueprint_excitation      (CnnBlueprint             *self,
                                        guint                     input,
                                        const char               *name,
                                        const CnnExcitationSpec  *spec);

/* Short names, so that a description reads like the network. */
#define enter(b, ...)                   cnn_blueprint_enter (b, __VA_ARGS__)
#define enter_next(b)                   cnn_blueprint_enter_next (b)
#define leave(b)                        cnn_blueprint_leave (b)
#define channels(b, x)                  cnn_blueprint_get_channels (b, x)
#define count(b, prefix, first)         cnn_blueprint_count_modules (b, prefix, first)
#define extent(b, dimension, usual, ...) \
  cnn_blueprint_get_extent (b, dimension, usual, (const char *const[]) { __VA_ARGS__, NULL })
#define input(b, channels, side)        cnn_blueprint_input (b, channels, side)
#define convolution(b, x, name, ...) \
  cnn_blueprint_convolution (b, x, name, &(CnnConvolutionSpec) { __VA_ARGS__ })
#define max_pool(b, x, name, ...) \
  cnn_blueprint_pool (b, CNN_KIND_MAX_POOL, x, name, &(CnnPoolSpec) { __VA_ARGS__ })
#define average_pool(b, x, name, ...) \
  cnn_blueprint_pool (b, CNN_KIND_AVERAGE_POOL, x, name, &(CnnPoolSpec) { __VA_ARGS__ })
#define batch_norm(b, x, name)          cnn_blueprint_batch_norm (b, x, name)
#define linear(b, x, name, out)         cnn_blueprint_linear (b, x, name, out)
#define adaptive_pool(b, x, name, side) cnn_blueprint_adaptive_pool (b, x, name, side)
#define layer_norm(b, x, name)          cnn_blueprint_layer_norm (b, x, name)
#define scale(b, x, name)               cnn_blueprint_scale (b, x, name)
#define slice(b, x, name, first, n)     cnn_blueprint_slice (b, x, name, first, n)
#define shuffle(b, x, name, groups)     cnn_blueprint_shuffle (b, x, name, groups)
#define activation(b, x, name, kind)    cnn_blueprint_simple (b, kind, x, name)
#define relu(b, x, name)                activation (b, x, name, CNN_KIND_RELU)
#define gelu(b, x, name)                activation (b, x, name, CNN_KIND_GELU)
#define dropout(b, x, name)             cnn_blueprint_simple (b, CNN_KIND_DROPOUT, x, name)
#define flatten(b, x, name)             cnn_blueprint_simple (b, CNN_KIND_FLATTEN, x, name)
#define join(b, kind, name, ...) \
  cnn_blueprint_join (b, kind, name, (const guint[]) { __VA_ARGS__ }, \
                      sizeof ((const guint[]) { __VA_ARGS__ }) / sizeof (guint))
#define add(b, name, ...)               join (b, CNN_KIND_ADD, name, __VA_ARGS__)
#define multiply(b, name, ...)          join (b, CNN_KIND_MULTIPLY, name, __VA_ARGS__)
#define concat(b, name, ...)            join (b, CNN_KIND_CONCAT, name, __VA_ARGS__)
#define norm_activation(b, x, name, kind, ...) \
  cnn_blueprint_norm_activation (b, x, name, kind, &(CnnConvolutionSpec) { __VA_ARGS__ })
#define excitation(b, x, name, ...) \
  cnn_blueprint_excitation (b, x, name, &(CnnExcitationSpec) { __VA_ARGS__ })

/* One list a family, each ending with an entry without a name. */
extern const CnnArchitecture cnn_architectures_alexnet[];
extern const CnnArchitecture cnn_architectures_convnext[];
extern const CnnArchitecture cnn_architectures_densenet[];
extern const CnnArchitecture cnn_architectures_efficientnet[];
extern const CnnArchitecture cnn_architectures_googlenet[];
extern const CnnArchitecture cnn_architectures_inception[];
extern const CnnArchitecture cnn_architectures_mnasnet[];
extern const CnnArchitecture cnn_architectures_mobilenet_v2[];
extern const CnnArchitecture cnn_architectures_mobilenet_v3[];
extern const CnnArchitecture cnn_architectures_regnet[];
extern const CnnArchitecture cnn_architectures_resnet[];
extern const CnnArchitecture cnn_architectures_shufflenet[];
extern const CnnArchitecture cnn_architectures_squeezenet[];
extern const CnnArchitecture cnn_architectures_timm[];
extern const CnnArchitecture cnn_architectures_vgg[];

/* Drawing and using blueprints. */
CnnBlueprint *cnn_blueprint_draw                (const CnnArchitecture  *architecture,
                                                 CnnInventory           *file);
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
