#include "image/cnn-image.h"
#include "support/pack.h"

#include <string.h>

/* How many bytes differ. */
static gsize
compare (CnnImage *a,
         CnnImage *b)
{
  const guint8 *p = cnn_image_get_pixels (a);
  const guint8 *q = cnn_image_get_pixels (b);
  gsize n_bytes, n_different = 0;

  g_assert_cmpuint (cnn_image_get_width (a), ==, cnn_image_get_width (b));
  g_assert_cmpuint (cnn_image_get_height (a), ==, cnn_image_get_height (b));

  n_bytes = (gsize) cnn_image_get_width (a) * cnn_image_get_height (a) * 3;
  for (gsize i = 0; i < n_bytes; i++)
    n_different += p[i] != q[i];

  return n_different;
}

static guint64
sum (CnnImage *image)
{
  const guint8 *p = cnn_image_get_pixels (image);
  gsize n_bytes = (gsize) cnn_image_get_width (image) * cnn_image_get_height (image) * 3;
  guint64 total = 0;

  for (gsize i = 0; i < n_bytes; i++)
    total += p[i];

  return total;
}

static CnnImage *
load_from_pack (const char *name)
{
  g_autofree char *path = pack_find (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnImage *image = cnn_image_load (file, NULL, &error);

  g_assert_no_error (error);

  return image;
}

/* Every reference picture of Pillow's, and the sum of its bytes. */
static void
test_pack (void)
{
  g_autofree char *path = pack_find ("oracle/pixels/pixels.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) rows = NULL;
  guint n_rows = 0;

  if (pack_skip (path))
    return;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  rows = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 1; rows[i] != NULL; i++, n_rows++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i], "\t", -1);
      int number = atoi (fields[0]);
      g_autofree char *name =
        g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08d.JPEG", number);
      g_autofree char *lanczos_name = g_strdup_printf ("oracle/pixels/%03d-lanczos280.png", number);
      g_autofree char *bilinear_name = g_strdup_printf ("oracle/pixels/%03d-bilinear256.png", number);
      g_autoptr (CnnImage) image = load_from_pack (name);
      g_autoptr (CnnImage) lanczos_expected = load_from_pack (lanczos_name);
      g_autoptr (CnnImage) bilinear_expected = load_from_pack (bilinear_name);
      g_autoptr (CnnImage) lanczos =
        cnn_image_resize (image, cnn_image_get_width (lanczos_expected),
                          cnn_image_get_height (lanczos_expected), CNN_FILTER_LANCZOS);
      g_autoptr (CnnImage) bilinear =
        cnn_image_resize (image, cnn_image_get_width (bilinear_expected),
                          cnn_image_get_height (bilinear_expected), CNN_FILTER_BILINEAR);

      g_assert_cmpuint (compare (lanczos, lanczos_expected), ==, 0);
      g_assert_cmpuint (compare (bilinear, bilinear_expected), ==, 0);
      g_assert_cmpuint (sum (lanczos), ==, g_ascii_strtoull (fields[9], NULL, 10));
      g_assert_cmpuint (sum (bilinear), ==, g_ascii_strtoull (fields[10], NULL, 10));
    }
  g_assert_cmpuint (n_rows, ==, 12);
}

/* Noise, the same on every machine. */
static CnnImage *
make_noise (guint width,
            guint height)
{
  gsize n_bytes = (gsize) width * height * 3;
  g_autofree guint8 *pixels = g_malloc (n_bytes);
  guint32 state = 1;

  for (gsize i = 0; i < n_bytes; i++)
    {
      state = state * 1664525u + 1013904223u;
      pixels[i] = state >> 24;
    }

  return cnn_image_new (width, height, pixels);
}

/* Adler-32 of what Pillow 9.4 makes of the same noise. */
static const struct
{
  guint width, height;
  guint new_width, new_height;
  guint32 lanczos, bilinear;
} cases[] =
{
  { 17, 13, 5, 3, 0x1257177a, 0x136f1775 },
  { 17, 13, 17, 29, 0x66c30287, 0xe93a02bc },
  { 17, 13, 40, 13, 0x4eae2b8e, 0x2d172d7c },
  { 64, 48, 31, 97, 0x644c7ce8, 0x81647d2b },
  { 1, 1, 9, 4, 0x701e27cd, 0x701e27cd },
  { 3, 200, 1, 2, 0x0aa70307, 0x0aa00305 },
  { 200, 3, 7, 280, 0x349c8d3d, 0x7e438c4b },
  { 333, 251, 280, 211, 0xb1d0e34f, 0xafe1eb4b },
  { 5, 5, 300, 300, 0xa4c5c755, 0x4513de80 },
  { 301, 299, 300, 298, 0xe630ac2f, 0x0654ada6 },
  { 1000, 2, 3, 1, 0x165f047a, 0x165a047a },
  { 2, 700, 2, 11, 0x525c20b0, 0x511020ac },
};

static guint32
adler32 (CnnImage *image)
{
  const guint8 *p = cnn_image_get_pixels (image);
  gsize n_bytes = (gsize) cnn_image_get_width (image) * cnn_image_get_height (image) * 3;
  guint32 a = 1, b = 0;

  for (gsize i = 0; i < n_bytes; i++)
    {
      a = (a + p[i]) % 65521;
      b = (b + a) % 65521;
    }

  return b << 16 | a;
}

static void
test_noise (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CnnImage) noise = make_noise (cases[i].width, cases[i].height);
      g_autoptr (CnnImage) lanczos =
        cnn_image_resize (noise, cases[i].new_width, cases[i].new_height, CNN_FILTER_LANCZOS);
      g_autoptr (CnnImage) bilinear =
        cnn_image_resize (noise, cases[i].new_width, cases[i].new_height, CNN_FILTER_BILINEAR);

      g_test_message ("%u×%u to %u×%u", cases[i].width, cases[i].height,
                      cases[i].new_width, cases[i].new_height);
      g_assert_cmphex (adler32 (lanczos), ==, cases[i].lanczos);
      g_assert_cmphex (adler32 (bilinear), ==, cases[i].bilinear);
    }
}

/* A size that is there already costs nothing and changes nothing. */
static void
test_same_size (void)
{
  g_autoptr (CnnImage) noise = make_noise (13, 7);
  g_autoptr (CnnImage) same = cnn_image_resize (noise, 13, 7, CNN_FILTER_LANCZOS);

  g_assert_cmpuint (compare (noise, same), ==, 0);
}

static void
test_flat (void)
{
  const guint8 pixel[] = { 255, 128, 0 };
  g_autoptr (CnnImage) dot = cnn_image_new (1, 1, pixel);
  g_autoptr (CnnImage) flat = cnn_image_resize (dot, 280, 280, CNN_FILTER_LANCZOS);
  g_autoptr (CnnImage) back = cnn_image_resize (flat, 1, 1, CNN_FILTER_LANCZOS);

  g_assert_cmpuint (sum (flat), ==, 280 * 280 * (255 + 128));
  g_assert_cmpuint (compare (dot, back), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/resize/pack", test_pack);
  g_test_add_func ("/engine/resize/noise", test_noise);
  g_test_add_func ("/engine/resize/same-size", test_same_size);
  g_test_add_func ("/engine/resize/flat", test_flat);

  return g_test_run ();
}
