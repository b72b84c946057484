#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FoveaVerdict:
 * @FOVEA_VERDICT_NONE: nothing was predicted, or the true class is not known
 * @FOVEA_VERDICT_RIGHT: the true class was predicted
 * @FOVEA_VERDICT_WRONG: another class was predicted
 *
 * What a prediction is worth.
 */
typedef enum
{
  FOVEA_VERDICT_NONE,
  FOVEA_VERDICT_RIGHT,
  FOVEA_VERDICT_WRONG,
} FoveaVerdict;

FoveaVerdict  fovea_verdict_new            (int          true_label,
                                            int          predicted);
const char   *fovea_verdict_get_text       (FoveaVerdict verdict);
const char   *fovea_verdict_get_icon_name  (FoveaVerdict verdict);
const char  **fovea_verdict_get_css_classes (FoveaVerdict verdict);

G_END_DECLS
