#include "image/cnn-image.h"
#include "image/cnn-resize-private.h"
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

/* What Pillow's BICUBIC makes of this pattern, smaller and larger. */
static void
test_bicubic (void)
{
  static const guint8 small[] = {
    27, 100, 42, 89, 119, 44, 157, 137, 104, 219, 121, 139, 32, 181, 152, 94, 108, 75,
    162, 138, 110, 224, 116, 76, 37, 173, 168, 99, 103, 185, 167, 127, 98, 229, 111, 90
  };
  static const guint8 large[] = {
    9, 0, 0, 28, 43, 1, 57, 123, 19, 83, 193, 50, 109, 70, 94, 135, 29, 161,
    161, 114, 212, 187, 203, 90, 216, 134, 127, 235, 24, 224, 11, 88, 92, 30, 160, 69,
    59, 183, 44, 85, 79, 36, 111, 100, 29, 137, 166, 42, 163, 218, 71, 189, 117, 70,
    218, 110, 120, 237, 149, 173, 14, 219, 221, 33, 178, 154, 62, 134, 60, 88, 136, 0,
    114, 80, 76, 140, 89, 110, 166, 158, 70, 192, 159, 78, 221, 119, 97, 240, 78, 111,
    16, 203, 194, 35, 169, 158, 64, 133, 112, 90, 133, 89, 116, 78, 115, 142, 87, 148,
    168, 156, 159, 194, 156, 104, 223, 116, 58, 242, 76, 34, 19, 139, 112, 38, 178, 133,
    67, 172, 178, 93, 71, 229, 119, 92, 129, 145, 158, 101, 171, 210, 152, 197, 109, 101,
    226, 102, 57, 245, 141, 36, 21, 255, 214, 40, 154, 197, 69, 92, 178, 95, 181, 177,
    121, 58, 216, 147, 17, 141, 173, 101, 0, 199, 190, 47, 228, 122, 133, 247, 12, 193
  };
  guint8 pixels[7 * 5 * 3];
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (CnnImage) shrunk = NULL;
  g_autoptr (CnnImage) grown = NULL;

  for (guint i = 0; i < 35; i++)
    {
      pixels[3 * i] = i * 37 + 11;
      pixels[3 * i + 1] = i * 91 + 5;
      pixels[3 * i + 2] = i * i * 13;
    }

  image = cnn_image_new (7, 5, pixels);
  shrunk = cnn_image_resize (image, 4, 3, CNN_FILTER_BICUBIC);
  grown = cnn_image_resize (image, 10, 6, CNN_FILTER_BICUBIC);
  g_assert_cmpmem (cnn_image_get_pixels (shrunk), 4 * 3 * 3, small, sizeof small);
  g_assert_cmpmem (cnn_image_get_pixels (grown), 10 * 6 * 3, large, sizeof large);
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

/* Sides as they come, and where things go wrong: single pixels, enlargements,
 * a fiftieth, widths around those of vectors. */
static guint
random_side (GRand *random)
{
  static const guint sides[] = { 1, 2, 3, 4, 5, 6, 10, 11, 16, 21, 22, 32, 33, 64, 500, 750 };

  if (g_rand_boolean (random))
    return sides[g_rand_int_range (random, 0, G_N_ELEMENTS (sides))];

  return g_rand_int_range (random, 1, 400);
}

static void
choose_part (GRand         *random,
             guint          width,
             guint          height,
             CnnResizePart *part)
{
  part->left = g_rand_int_range (random, 0, width);
  part->top = g_rand_int_range (random, 0, height);
  part->width = g_rand_int_range (random, 1, width - part->left + 1);
  part->height = g_rand_int_range (random, 1, height - part->top + 1);
}

/* Every instruction set makes the bytes of the plain one, and a part is as the
 * whole is there. */
static void
test_levels (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < 400; i++)
    {
      guint width = random_side (random), height = random_side (random);
      CnnFilter filter = i % 2 == 0 ? CNN_FILTER_LANCZOS : CNN_FILTER_BILINEAR;
      g_autoptr (CnnImage) noise = make_noise (random_side (random), random_side (random));
      g_autoptr (CnnImage) expected = NULL;
      g_autoptr (CnnImage) expected_part = NULL;
      const CnnResizePart whole = { 0, 0, width, height };
      CnnResizePart part;

      choose_part (random, width, height, &part);
      expected = cnn_image_resize_part (noise, width, height, filter, &whole,
                                        cnn_resize_kernels_get (CNN_CPU_C));
      expected_part = cnn_image_crop (expected, part.left, part.top, part.width, part.height);

      for (CnnCpuLevel level = CNN_CPU_C; level <= cnn_cpu_get_level (); level++)
        {
          const CnnResizeKernels *kernels = cnn_resize_kernels_get (level);
          g_autoptr (CnnImage) resized =
            cnn_image_resize_part (noise, width, height, filter, &whole, kernels);
          g_autoptr (CnnImage) resized_part =
            cnn_image_resize_part (noise, width, height, filter, &part, kernels);

          g_test_message ("%s: %u×%u to %u×%u, and %u×%u of it at %u, %u",
                          cnn_cpu_level_get_name (level),
                          cnn_image_get_width (noise), cnn_image_get_height (noise), width, height,
                          part.width, part.height, part.left, part.top);
          g_assert_cmpuint (compare (resized, expected), ==, 0);
          g_assert_cmpuint (compare (resized_part, expected_part), ==, 0);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/resize/pack", test_pack);
  g_test_add_func ("/engine/resize/noise", test_noise);
  g_test_add_func ("/engine/resize/same-size", test_same_size);
  g_test_add_func ("/engine/resize/bicubic", test_bicubic);
  g_test_add_func ("/engine/resize/flat", test_flat);
  g_test_add_func ("/engine/resize/levels", test_levels);

  return g_test_run ();
}
