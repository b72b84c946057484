#include "support/made-weights.h"

#include <stdarg.h>

/* VGG's first linear layer, the largest tensor of all. */
#define MAX_ELEMENTS (4096 * 512 * 7 * 7)

struct _MadeWeights
{
  CnnStateDict *dict;
};

/* Never written, so that it takes no memory. */
static float zeros[MAX_ELEMENTS];

MadeWeights *
made_weights_new (void)
{
  MadeWeights *self = g_new0 (MadeWeights, 1);

  self->dict = cnn_state_dict_new ();

  return self;
}

void
made_weights_free (MadeWeights *self)
{
  cnn_state_dict_unref (self->dict);
  g_free (self);
}

CnnStateDict *
made_weights_get_dict (MadeWeights *self)
{
  return self->dict;
}

static void
add (MadeWeights    *self,
     const char     *module,
     const char     *suffix,
     const CnnShape *shape)
{
  g_autofree char *name = g_strconcat (module, suffix, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, sizeof zeros);
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_for_bytes (shape, bytes, 0);

  cnn_state_dict_add (self->dict, name, tensor);
}

/* Turns the arguments after format into a name. */
#define FORMAT(name, format)                            \
  g_autofree char *name = NULL;                         \
  va_list args;                                         \
  va_start (args, format);                              \
  name = g_strdup_vprintf (format, args);               \
  va_end (args)

void
made_weights_add (MadeWeights    *self,
                  const CnnShape *shape,
                  const char     *format,
                  ...)
{
  FORMAT (name, format);

  add (self, name, "", shape);
}

void
made_convolution (MadeWeights *self,
                  gsize        out,
                  gsize        in,
                  gsize        rows,
                  gsize        columns,
                  const char  *format,
                  ...)
{
  FORMAT (module, format);

  add (self, module, ".weight", &CNN_SHAPE_4 (out, in, rows, columns));
}

/* For the convolution of that name. */
void
made_bias (MadeWeights *self,
           gsize        n,
           const char  *format,
           ...)
{
  FORMAT (module, format);

  add (self, module, ".bias", &CNN_SHAPE_1 (n));
}

void
made_linear (MadeWeights *self,
             gsize        out,
             gsize        in,
             const char  *format,
             ...)
{
  FORMAT (module, format);

  add (self, module, ".weight", &CNN_SHAPE_2 (out, in));
  add (self, module, ".bias", &CNN_SHAPE_1 (out));
}

void
made_batch_norm (MadeWeights *self,
                 gsize        n,
                 const char  *format,
                 ...)
{
  const char *const suffixes[] = { ".weight", ".bias", ".running_mean", ".running_var" };
  FORMAT (module, format);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    add (self, module, suffixes[i], &CNN_SHAPE_1 (n));
  add (self, module, ".num_batches_tracked", &(CnnShape) { 0 });
}

void
made_layer_norm (MadeWeights *self,
                 gsize        n,
                 const char  *format,
                 ...)
{
  FORMAT (module, format);

  add (self, module, ".weight", &CNN_SHAPE_1 (n));
  add (self, module, ".bias", &CNN_SHAPE_1 (n));
}

void
made_norm_activation (MadeWeights *self,
                      gsize        out,
                      gsize        in,
                      gsize        kernel,
                      const char  *format,
                      ...)
{
  FORMAT (module, format);

  made_convolution (self, out, in, kernel, kernel, "%s.0", module);
  made_batch_norm (self, out, "%s.1", module);
}

void
made_excitation (MadeWeights *self,
                 gsize        channels,
                 gsize        squeezed,
                 gboolean     timm,
                 const char  *format,
                 ...)
{
  const char *reduce = timm ? "conv_reduce" : "fc1";
  const char *expand = timm ? "conv_expand" : "fc2";
  FORMAT (module, format);

  made_convolution (self, squeezed, channels, 1, 1, "%s.%s", module, reduce);
  made_bias (self, squeezed, "%s.%s", module, reduce);
  made_convolution (self, channels, squeezed, 1, 1, "%s.%s", module, expand);
  made_bias (self, channels, "%s.%s", module, expand);
}
