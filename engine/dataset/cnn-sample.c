#define G_LOG_DOMAIN "cnn-sample"

#include "dataset/cnn-sample.h"

struct _CnnSample
{
  GObject parent_instance;

  char *path;
  char *name;
  char *problem;
  int label;
};

enum
{
  PROP_0,
  PROP_PATH,
  PROP_NAME,
  PROP_LABEL,
  PROP_PROBLEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CnnSample, cnn_sample, G_TYPE_OBJECT)

static void
cnn_sample_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  CnnSample *self = CNN_SAMPLE (object);

  switch (prop_id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;

    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_LABEL:
      g_value_set_int (value, self->label);
      break;

    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cnn_sample_finalize (GObject *object)
{
  CnnSample *self = CNN_SAMPLE (object);

  g_free (self->path);
  g_free (self->name);
  g_free (self->problem);

  G_OBJECT_CLASS (cnn_sample_parent_class)->finalize (object);
}

static void
cnn_sample_class_init (CnnSampleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cnn_sample_get_property;
  object_class->finalize = cnn_sample_finalize;

  /* Read-only rather than construct-only: a data set makes 50,000 of these at
   * once, and construct properties would double the time that takes. */
  properties[PROP_PATH] =
    g_param_spec_string ("path", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] =
    g_param_spec_int ("label", NULL, NULL, CNN_NO_LABEL, G_MAXINT, CNN_NO_LABEL,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cnn_sample_init (CnnSample *self)
{
}

/**
 * cnn_sample_new:
 * @path: (type filename): where the picture lies
 * @name: what the picture is called in lists and reports, in UTF-8
 * @label: the index of its true class, or %CNN_NO_LABEL
 * @problem: (nullable): why there is no label although there should be one
 *
 * Returns: (transfer full): a new sample
 */
CnnSample *
cnn_sample_new (const char *path,
                const char *name,
                int         label,
                const char *problem)
{
  CnnSample *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (label >= CNN_NO_LABEL, NULL);

  self = g_object_new (CNN_TYPE_SAMPLE, NULL);
  self->path = g_strdup (path);
  self->name = g_strdup (name);
  self->problem = g_strdup (problem);
  self->label = label;

  return self;
}

/**
 * cnn_sample_get_path:
 * @self: a sample
 *
 * Returns: (type filename): where the picture lies
 */
const char *
cnn_sample_get_path (CnnSample *self)
{
  g_return_val_if_fail (CNN_IS_SAMPLE (self), NULL);

  return self->path;
}

/**
 * cnn_sample_get_name:
 * @self: a sample
 *
 * Gets what the picture is called in lists and reports: its file name, preceded
 * by its folders below the folder of the data set's pictures
 * (`n01443537/n01443537_287.JPEG`).
 *
 * Returns: the name, in UTF-8
 */
const char *
cnn_sample_get_name (CnnSample *self)
{
  g_return_val_if_fail (CNN_IS_SAMPLE (self), NULL);

  return self->name;
}

/**
 * cnn_sample_dup_file:
 * @self: a sample
 *
 * Returns: (transfer full): the picture's file
 */
GFile *
cnn_sample_dup_file (CnnSample *self)
{
  g_return_val_if_fail (CNN_IS_SAMPLE (self), NULL);

  return g_file_new_for_path (self->path);
}

/**
 * cnn_sample_get_label:
 * @self: a sample
 *
 * Returns: the index of the picture's true class in the data set's labels, or
 *   %CNN_NO_LABEL
 */
int
cnn_sample_get_label (CnnSample *self)
{
  g_return_val_if_fail (CNN_IS_SAMPLE (self), CNN_NO_LABEL);

  return self->label;
}

/**
 * cnn_sample_get_problem:
 * @self: a sample
 *
 * Gets why the picture has no label although its data set has labels: one line
 * with the file where the label was looked for. It is %NULL where there is a
 * label, and where nobody expects one (%CNN_LAYOUT_PLAIN).
 *
 * Returns: (nullable): the reason
 */
const char *
cnn_sample_get_problem (CnnSample *self)
{
  g_return_val_if_fail (CNN_IS_SAMPLE (self), NULL);

  return self->problem;
}
