#pragma once

#include <adwaita.h>

#include "fovea-session.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_NETWORK_PAGE (fovea_network_page_get_type ())

/**
 * FoveaNetworkPage:
 *
 * The page that shows how the network is built, layer by layer.
 */
G_DECLARE_FINAL_TYPE (FoveaNetworkPage, fovea_network_page, FOVEA, NETWORK_PAGE, AdwBin)

void  fovea_network_page_set_session (FoveaNetworkPage *self,
                                      FoveaSession     *session);

G_END_DECLS
