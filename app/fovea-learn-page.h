#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_LEARN_PAGE (fovea_learn_page_get_type ())

/**
 * FoveaLearnPage:
 *
 * The page with the lessons: one is seen at a time.
 */
G_DECLARE_FINAL_TYPE (FoveaLearnPage, fovea_learn_page, FOVEA, LEARN_PAGE, AdwBin)

G_END_DECLS
