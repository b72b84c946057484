#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* The colours of Okabe and Ito ("Color Universal Design", 2008): apart from each
 * other for every kind of colour vision, and strong enough for both a light and
 * a dark surrounding. Meaning never hangs on them alone. */
#define FOVEA_ORANGE     ((GdkRGBA) { 0.902f, 0.624f, 0.000f, 1.f })
#define FOVEA_SKY_BLUE   ((GdkRGBA) { 0.337f, 0.706f, 0.914f, 1.f })
#define FOVEA_GREEN      ((GdkRGBA) { 0.000f, 0.620f, 0.451f, 1.f })
#define FOVEA_YELLOW     ((GdkRGBA) { 0.941f, 0.894f, 0.259f, 1.f })
#define FOVEA_BLUE       ((GdkRGBA) { 0.000f, 0.447f, 0.698f, 1.f })
#define FOVEA_VERMILLION ((GdkRGBA) { 0.835f, 0.369f, 0.000f, 1.f })
#define FOVEA_PURPLE     ((GdkRGBA) { 0.800f, 0.475f, 0.655f, 1.f })

G_END_DECLS
