#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_formula_to_markup     (const char *formula);
char *fovea_formula_format_number (double      value,
                                   int         n_digits);

G_END_DECLS
