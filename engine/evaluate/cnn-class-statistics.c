#define G_LOG_DOMAIN "cnn-class-statistics"

#include "evaluate/cnn-class-statistics.h"

#include <math.h>

/* The quantile of the normal distribution that leaves 2.5 % on either side. */
#define Z_95 1.959963984540054

struct _CnnClassStatistics
{
  GObject parent_instance;

  guint index;
  char *wnid;
  char *name;
  guint total;
  guint correct;
  guint top5;
};

enum
{
  PROP_0,
  PROP_INDEX,
  PROP_WNID,
  PROP_NAME,
  PROP_TOTAL,
  PROP_CORRECT,
  PROP_TOP5,
  PROP_ACCURACY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE (CnnClassStatistics, cnn_class_statistics, G_TYPE_OBJECT)

static void
cnn_class_statistics_finalize (GObject *object)
{
  CnnClassStatistics *self = CNN_CLASS_STATISTICS (object);

  g_free (self->wnid);
  g_free (self->name);

  G_OBJECT_CLASS (cnn_class_statistics_parent_class)->finalize (object);
}

static void
cnn_class_statistics_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  CnnClassStatistics *self = CNN_CLASS_STATISTICS (object);

  switch (property_id)
    {
    case PROP_INDEX:
      g_value_set_uint (value, self->index);
      break;
    case PROP_WNID:
      g_value_set_string (value, self->wnid);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TOTAL:
      g_value_set_uint (value, self->total);
      break;
    case PROP_CORRECT:
      g_value_set_uint (value, self->correct);
      break;
    case PROP_TOP5:
      g_value_set_uint (value, self->top5);
      break;
    case PROP_ACCURACY:
      g_value_set_double (value, cnn_class_statistics_get_accuracy (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
cnn_class_statistics_set_property (GObject      *object,
                                   guint         property_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  CnnClassStatistics *self = CNN_CLASS_STATISTICS (object);

  switch (property_id)
    {
    case PROP_INDEX:
      self->index = g_value_get_uint (value);
      break;
    case PROP_WNID:
      self->wnid = g_value_dup_string (value);
      break;
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
cnn_class_statistics_class_init (CnnClassStatisticsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fixed = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags counted = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = cnn_class_statistics_finalize;
  object_class->get_property = cnn_class_statistics_get_property;
  object_class->set_property = cnn_class_statistics_set_property;

  /**
   * CnnClassStatistics:index:
   *
   * The class's place among the network's logits, from 0.
   */
  properties[PROP_INDEX] = g_param_spec_uint ("index", NULL, NULL, 0, G_MAXUINT, 0, fixed);

  /**
   * CnnClassStatistics:wnid:
   *
   * The class's WordNet id, or %NULL.
   */
  properties[PROP_WNID] = g_param_spec_string ("wnid", NULL, NULL, NULL, fixed);

  /**
   * CnnClassStatistics:name:
   *
   * The class's name in words.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, fixed);

  /**
   * CnnClassStatistics:total:
   *
   * How many pictures of this class were scored.
   */
  properties[PROP_TOTAL] = g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, counted);

  /**
   * CnnClassStatistics:correct:
   *
   * How many of them the network took for this class.
   */
  properties[PROP_CORRECT] = g_param_spec_uint ("correct", NULL, NULL, 0, G_MAXUINT, 0, counted);

  /**
   * CnnClassStatistics:top5:
   *
   * For how many of them this class was among the network's first five.
   */
  properties[PROP_TOP5] = g_param_spec_uint ("top5", NULL, NULL, 0, G_MAXUINT, 0, counted);

  /**
   * CnnClassStatistics:accuracy:
   *
   * The share that was correct, from 0 to 1; 0 where nothing was scored.
   */
  properties[PROP_ACCURACY] = g_param_spec_double ("accuracy", NULL, NULL, 0, 1, 0, counted);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cnn_class_statistics_init (CnnClassStatistics *self)
{
}

/**
 * cnn_class_statistics_new:
 * @index: the class's place among the logits
 * @wnid: (nullable): its WordNet id
 * @name: (nullable): its name
 *
 * Returns: (transfer full): statistics of a class of which no picture was
 *   scored yet
 */
CnnClassStatistics *
cnn_class_statistics_new (guint       index,
                          const char *wnid,
                          const char *name)
{
  return g_object_new (CNN_TYPE_CLASS_STATISTICS, "index", index, "wnid", wnid, "name", name, NULL);
}

guint
cnn_class_statistics_get_index (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), 0);

  return self->index;
}

/**
 * cnn_class_statistics_get_wnid:
 * @self: statistics of a class
 *
 * Returns: (nullable): its WordNet id
 */
const char *
cnn_class_statistics_get_wnid (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), NULL);

  return self->wnid;
}

/**
 * cnn_class_statistics_get_name:
 * @self: statistics of a class
 *
 * Returns: (nullable): its name in words
 */
const char *
cnn_class_statistics_get_name (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), NULL);

  return self->name;
}

guint
cnn_class_statistics_get_total (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), 0);

  return self->total;
}

guint
cnn_class_statistics_get_correct (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), 0);

  return self->correct;
}

guint
cnn_class_statistics_get_top5 (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), 0);

  return self->top5;
}

/**
 * cnn_class_statistics_get_accuracy:
 * @self: statistics of a class
 *
 * Returns: the share of its pictures that was correct, from 0 to 1; 0 where
 *   nothing was scored
 */
double
cnn_class_statistics_get_accuracy (CnnClassStatistics *self)
{
  g_return_val_if_fail (CNN_IS_CLASS_STATISTICS (self), 0);

  return self->total > 0 ? (double) self->correct / self->total : 0;
}

/**
 * cnn_share_get_interval:
 * @part: how many were right
 * @whole: of how many, no fewer than @part
 * @low: (out): the lower bound
 * @high: (out): the upper bound
 *
 * Tells between which bounds the share would lie with 95 % confidence if it were
 * taken of endlessly many: Wilson's score interval, which stays sensible for
 * small numbers and for shares near 0 and 1.
 *
 * With p = part / n and z the normal quantile it is
 * (p + z²/2n ± z·sqrt (p(1−p)/n + z²/4n²)) / (1 + z²/n): Wilson, "Probable
 * inference, the law of succession, and statistical inference", JASA 22 (1927).
 * Of nothing it is all of [0, 1].
 */
void
cnn_share_get_interval (guint   part,
                        guint   whole,
                        double *low,
                        double *high)
{
  double n, p, middle, reach, scale;

  g_return_if_fail (part <= whole);

  *low = 0;
  *high = 1;
  if (whole == 0)
    return;

  n = whole;
  p = part / n;
  middle = p + Z_95 * Z_95 / (2 * n);
  reach = Z_95 * sqrt (p * (1 - p) / n + Z_95 * Z_95 / (4 * n * n));
  scale = 1 + Z_95 * Z_95 / n;

  /* Rounding must not push a bound past what a share can be. */
  *low = CLAMP ((middle - reach) / scale, 0, p);
  *high = CLAMP ((middle + reach) / scale, p, 1);
}

/**
 * cnn_class_statistics_get_interval:
 * @self: statistics of a class
 * @low: (out): the lower bound
 * @high: (out): the upper bound
 *
 * Tells between which bounds the accuracy would lie if there were endlessly many
 * pictures of the class, as [func@share_get_interval] does.
 */
void
cnn_class_statistics_get_interval (CnnClassStatistics *self,
                                   double             *low,
                                   double             *high)
{
  g_return_if_fail (CNN_IS_CLASS_STATISTICS (self));

  cnn_share_get_interval (self->correct, self->total, low, high);
}

static void
update_count (CnnClassStatistics *self,
              guint              *count,
              guint               value,
              guint               property)
{
  if (*count == value)
    return;

  *count = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * cnn_class_statistics_update:
 * @self: statistics of a class
 * @total: how many pictures of the class were scored
 * @correct: how many of them were ranked first
 * @top5: how many of them were among the first five
 *
 * Sets all counts at once. Listeners hear of those that changed, when all of
 * them are set. Engine-internal.
 */
void
cnn_class_statistics_update (CnnClassStatistics *self,
                             guint               total,
                             guint               correct,
                             guint               top5)
{
  double accuracy;

  g_return_if_fail (CNN_IS_CLASS_STATISTICS (self));
  g_return_if_fail (correct <= top5 && top5 <= total);

  accuracy = cnn_class_statistics_get_accuracy (self);

  g_object_freeze_notify (G_OBJECT (self));
  update_count (self, &self->total, total, PROP_TOTAL);
  update_count (self, &self->correct, correct, PROP_CORRECT);
  update_count (self, &self->top5, top5, PROP_TOP5);
  if (cnn_class_statistics_get_accuracy (self) != accuracy)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCURACY]);
  g_object_thaw_notify (G_OBJECT (self));
}
