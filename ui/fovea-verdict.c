#include "fovea-verdict.h"

#include <glib/gi18n.h>

#include "dataset/cnn-sample.h"

/**
 * fovea_verdict_new:
 * @true_label: the true class, or %CNN_NO_LABEL
 * @predicted: the predicted class, or %CNN_NO_LABEL if there is none yet
 *
 * Returns: whether the prediction is right
 */
FoveaVerdict
fovea_verdict_new (int true_label,
                   int predicted)
{
  if (true_label == CNN_NO_LABEL || predicted == CNN_NO_LABEL)
    return FOVEA_VERDICT_NONE;

  return true_label == predicted ? FOVEA_VERDICT_RIGHT : FOVEA_VERDICT_WRONG;
}

/**
 * fovea_verdict_get_text:
 *
 * Returns: (nullable): the verdict in a word; %NULL for none
 */
const char *
fovea_verdict_get_text (FoveaVerdict verdict)
{
  switch (verdict)
    {
    case FOVEA_VERDICT_RIGHT:
      return C_("verdict", "Right");
    case FOVEA_VERDICT_WRONG:
      return C_("verdict", "Wrong");
    case FOVEA_VERDICT_NONE:
    default:
      return NULL;
    }
}

/**
 * fovea_verdict_get_icon_name:
 *
 * Returns: (nullable): a symbolic icon; %NULL for none
 */
const char *
fovea_verdict_get_icon_name (FoveaVerdict verdict)
{
  switch (verdict)
    {
    case FOVEA_VERDICT_RIGHT:
      return "object-select-symbolic";
    case FOVEA_VERDICT_WRONG:
      return "window-close-symbolic";
    case FOVEA_VERDICT_NONE:
    default:
      return NULL;
    }
}

/**
 * fovea_verdict_get_css_classes:
 *
 * Returns: (transfer none) (array zero-terminated): the style of a mark that
 *   says the verdict
 */
const char **
fovea_verdict_get_css_classes (FoveaVerdict verdict)
{
  static const char *classes[][3] = {
    [FOVEA_VERDICT_NONE] = { "verdict", NULL },
    [FOVEA_VERDICT_RIGHT] = { "verdict", "right", NULL },
    [FOVEA_VERDICT_WRONG] = { "verdict", "wrong", NULL },
  };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (classes), classes[FOVEA_VERDICT_NONE]);

  return classes[verdict];
}
