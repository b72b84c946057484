#pragma once

#include <adwaita.h>

#include "cnn.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_COMPARISON_WINDOW (fovea_comparison_window_get_type ())

/**
 * FoveaComparisonWindow:
 *
 * How two runs differ, in words and numbers, with the pictures that only one of
 * them is right about. Whoever chooses one of those is shown it by the window's
 * action `win.show-sample`.
 */
G_DECLARE_FINAL_TYPE (FoveaComparisonWindow, fovea_comparison_window, FOVEA, COMPARISON_WINDOW, AdwWindow)

GtkWidget *fovea_comparison_window_new (GtkWindow     *parent,
                                        CnnComparison *comparison);

G_END_DECLS
