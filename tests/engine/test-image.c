#include "core/cnn-error.h"
#include "image/cnn-image.h"
#include "support/pack.h"
#include "support/unprivileged.h"

#include <dlfcn.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The reference was decoded by this one, 1.2.4. */
#define REFERENCE_WEBP_VERSION 0x010204

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

static void
assert_same (CnnImage *a,
             CnnImage *b)
{
  g_autoptr (GBytes) bytes_a = cnn_image_dup_bytes (a);
  g_autoptr (GBytes) bytes_b = cnn_image_dup_bytes (b);

  g_assert_cmpuint (cnn_image_get_width (a), ==, cnn_image_get_width (b));
  g_assert_cmpuint (cnn_image_get_height (a), ==, cnn_image_get_height (b));
  g_assert_true (g_bytes_equal (bytes_a, bytes_b));
}

/* The version of libwebp that GdkPixbuf's loader decodes with: a byte each for
 * major, minor and patch; 0 where it is not known. */
static int
get_webp_version (void)
{
  void *library = dlopen ("libwebp.so.7", RTLD_LAZY);
  int (*get_version) (void) = NULL;
  int version;

  if (library == NULL)
    return 0;

  *(void **) &get_version = dlsym (library, "WebPGetDecoderVersion");
  version = get_version != NULL ? get_version () : 0;
  dlclose (library);

  return version;
}

/* How a decoder fills in colour between its samples differs from one version of
 * libwebp to the next. */
static void
assert_alike (CnnImage *a,
              CnnImage *b)
{
  gsize n = (gsize) cnn_image_get_width (a) * cnn_image_get_height (a) * 3;
  guint64 sum = 0;

  g_assert_cmpuint (cnn_image_get_width (a), ==, cnn_image_get_width (b));
  g_assert_cmpuint (cnn_image_get_height (a), ==, cnn_image_get_height (b));
  for (gsize i = 0; i < n; i++)
    sum += ABS (cnn_image_get_pixels (a)[i] - cnn_image_get_pixels (b)[i]);
  g_assert_cmpfloat ((double) sum / n, <, 2);
}

static void
assert_refused (const guint8 *data,
                gsize         length,
                const char   *reason)
{
  /* A copy of just this size, so that reading on is noticed. */
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnImage) image = cnn_image_new_from_bytes (bytes, NULL, &error);

  g_assert_null (image);
  g_assert_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE);
  if (strstr (error->message, reason) == NULL)
    g_error ("found “%s”, expected “%s”", error->message, reason);
  g_assert_null (strchr (error->message, '\n'));
}

static CnnImage *
decode (GByteArray *data)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data->data, data->len);
  g_autoptr (GError) error = NULL;
  CnnImage *image = cnn_image_new_from_bytes (bytes, NULL, &error);

  g_assert_no_error (error);

  return image;
}

/* A picture that differs everywhere, in a format of GdkPixbuf's. */
static GByteArray *
make_file (const char *format)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 45, 37);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  GByteArray *data = g_byte_array_new ();
  g_autofree char *buffer = NULL;
  gsize length;

  for (int y = 0; y < 37; y++)
    {
      for (int x = 0; x < 45; x++)
        {
          guint8 *pixel = pixels + y * gdk_pixbuf_get_rowstride (pixbuf) + 3 * x;

          pixel[0] = 5 * x;
          pixel[1] = 6 * y;
          pixel[2] = x * y;
        }
    }

  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &length, format, NULL, NULL));
  g_byte_array_append (data, (const guint8 *) buffer, length);

  return data;
}

static void
insert (GByteArray   *data,
        guint         position,
        const guint8 *what,
        guint         length)
{
  guint tail = data->len - position;

  g_byte_array_set_size (data, data->len + length);
  memmove (data->data + position + length, data->data + position, tail);
  memcpy (data->data + position, what, length);
}

static void
test_create (void)
{
  const guint8 pixels[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 };
  CnnImage *image = cnn_image_new (3, 2, pixels);
  g_autoptr (CnnImage) crop = cnn_image_crop (image, 1, 1, 2, 1);
  g_autoptr (GBytes) bytes = cnn_image_dup_bytes (image);

  g_assert_cmpmem (cnn_image_get_pixels (crop), 6, pixels + 12, 6);

  /* The bytes keep the picture alive. */
  cnn_image_unref (image);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), pixels, sizeof pixels);
}

static void
test_save_png (void)
{
  g_autoptr (GByteArray) png = make_file ("png");
  g_autoptr (CnnImage) image = decode (png);
  g_autoptr (CnnImage) again = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("image-XXXXXX.png", &stream, NULL);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/a.png");
  g_autoptr (GError) error = NULL;

  g_assert_true (cnn_image_save_png (image, file, NULL, &error));
  g_assert_no_error (error);
  again = cnn_image_load (file, NULL, &error);
  g_assert_no_error (error);
  assert_same (image, again);
  g_file_delete (file, NULL, NULL);

  g_assert_false (cnn_image_save_png (image, nowhere, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static const char *const formats[] =
{
  "420.jpg", "422.jpg", "444.jpg", "bilevel.png", "cmyk.jpg", "exif-orientation-6.jpg", "gray.jpg",
  "gray.png", "la.png", "palette.png", "plain.bmp", "plain.gif", "plain.webp",
  "png-named-jpeg.JPEG", "progressive.jpg", "rgba.png",
};

static gboolean
can_decode (const char *name)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;

  if (!g_str_has_suffix (name, ".webp"))
    return TRUE;

  loader = gdk_pixbuf_loader_new_with_type ("webp", NULL);
  if (loader != NULL)
    gdk_pixbuf_loader_close (loader, NULL);

  return loader != NULL;
}

static void
test_formats (gconstpointer data)
{
  const char *format = data;
  g_autofree char *name = g_strconcat ("oracle/formats/", format, NULL);
  g_autofree char *reference = g_strconcat (name, ".ref.png", NULL);
  g_autofree char *path = pack_find (name);
  g_autoptr (CnnImage) image = NULL;
  g_autoptr (CnnImage) expected = NULL;

  if (pack_skip (path))
    return;
  if (!can_decode (name))
    {
      g_test_skip ("GdkPixbuf has no loader for it");
      return;
    }

  image = load_from_pack (name);
  expected = load_from_pack (reference);
  if (g_str_has_suffix (name, ".webp") && get_webp_version () != REFERENCE_WEBP_VERSION)
    assert_alike (image, expected);
  else
    assert_same (image, expected);
}

/* Pillow clips 16 bits to 255; we take the high byte. */
static void
test_16_bits (void)
{
  g_autofree char *path = pack_find ("oracle/formats/gray16.png");
  g_autoptr (CnnImage) deep = NULL;
  g_autoptr (CnnImage) plain = NULL;

  if (pack_skip (path))
    return;

  deep = load_from_pack ("oracle/formats/gray16.png");
  plain = load_from_pack ("oracle/formats/gray.png");
  assert_same (deep, plain);
}

static void
test_decoded (void)
{
  g_autofree char *path = pack_find ("oracle/pixels/102-decoded.png");
  const int numbers[] = { 102, 162, 260 };

  if (pack_skip (path))
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *name =
        g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08d.JPEG", numbers[i]);
      g_autofree char *reference = g_strdup_printf ("oracle/pixels/%d-decoded.png", numbers[i]);
      g_autoptr (CnnImage) image = load_from_pack (name);
      g_autoptr (CnnImage) expected = load_from_pack (reference);

      assert_same (image, expected);
    }
}

/* Every picture of the pack decodes, to the size that is said of it. */
static void
test_all (void)
{
  g_autofree char *path = pack_find ("imagenet/manifest.tsv");
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
      g_autofree char *name =
        g_strdup_printf ("imagenet/imagespart/ILSVRC2012_val_%08d.JPEG", atoi (fields[0]));
      g_autoptr (CnnImage) image = load_from_pack (name);

      g_assert_cmpint (cnn_image_get_width (image), ==, atoi (fields[4]));
      g_assert_cmpint (cnn_image_get_height (image), ==, atoi (fields[5]));
    }
  g_assert_cmpuint (n_rows, ==, 400);
}

static void
assert_no_beginning_decodes (const guint8 *data,
                             gsize         length,
                             gsize         spare)
{
  for (gsize cut = 13; cut < length - spare; cut += 1 + length / 97)
    assert_refused (data, cut, "");
  for (gsize left_out = spare + 1; left_out <= spare + 16; left_out++)
    assert_refused (data, length - left_out, "");
}

static void
test_truncated (gconstpointer data)
{
  const char *format = data;
  g_autofree char *name = g_strconcat ("oracle/formats/", format, NULL);
  g_autofree char *path = pack_find (name);
  g_autofree char *contents = NULL;
  gsize spare = 0;
  gsize length;

  if (pack_skip (path))
    return;

  /* The checksum of the end of a PNG file and the last byte of a GIF file hold nothing. */
  if (g_str_has_suffix (format, ".gif"))
    spare = 1;
  else if (strstr (format, "png") != NULL)
    spare = 4;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  assert_no_beginning_decodes ((const guint8 *) contents, length, spare);
}

static void
test_truncated_from_pack (void)
{
  g_autofree char *path = pack_find ("oracle/formats/truncated.jpg");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (pack_skip (path))
    return;

  file = g_file_new_for_path (path);
  g_assert_null (cnn_image_load (file, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE);
  g_assert_nonnull (strstr (error->message,
                            "/truncated.jpg: is a JPEG picture that is cut short after 2789 bytes"));
}

/* The end of a thumbnail, or bytes that look like one, are not the picture's. */
static void
test_jpeg_false_ends (void)
{
  const guint8 metadata[] = { 0xff, 0xe1, 0x00, 0x0e, 'E', 'x', 'i', 'f', 0, 0,
                              0xff, 0xd8, 0xff, 0xda, 0xff, 0xd9 };
  g_autoptr (GByteArray) jpeg = make_file ("jpeg");
  g_autoptr (CnnImage) plain = decode (jpeg);
  g_autoptr (CnnImage) with_metadata = NULL;

  insert (jpeg, 2, metadata, sizeof metadata);
  with_metadata = decode (jpeg);
  assert_same (plain, with_metadata);

  assert_no_beginning_decodes (jpeg->data, jpeg->len, 0);
}

/* What Pillow takes, too. */
static void
test_jpeg_leniency (void)
{
  const guint8 fill[] = { 0xff, 0xff, 0xff };
  const guint8 stray[] = { 0x00, 0x12, 0x34 };
  g_autoptr (GByteArray) jpeg = make_file ("jpeg");
  g_autoptr (CnnImage) plain = decode (jpeg);
  g_autoptr (CnnImage) filled = NULL;
  g_autoptr (CnnImage) trailed = NULL;

  insert (jpeg, 2, fill, sizeof fill);
  insert (jpeg, jpeg->len - 2, fill, sizeof fill);
  filled = decode (jpeg);
  assert_same (plain, filled);

  g_byte_array_append (jpeg, stray, sizeof stray);
  g_byte_array_append (jpeg, fill, sizeof fill);
  trailed = decode (jpeg);
  assert_same (plain, trailed);
}

/* A progressive picture that is sent a thousand and one times over, each time
 * with nothing in it but the header of a scan. */
static GByteArray *
make_endless_jpeg (void)
{
  static const guint8 scan[] = { 0xff, 0xda, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 0, 0 };
  static const guint8 end[] = { 0xff, 0xd9 };
  GByteArray *jpeg = make_file ("jpeg");
  gsize i = 2;

  while (jpeg->data[i + 1] != 0xda)
    {
      if (jpeg->data[i + 1] == 0xc0)
        jpeg->data[i + 1] = 0xc2;
      i += 2 + (jpeg->data[i + 2] << 8 | jpeg->data[i + 3]);
    }

  g_byte_array_set_size (jpeg, i);
  for (guint k = 0; k < 1001; k++)
    g_byte_array_append (jpeg, scan, sizeof scan);
  g_byte_array_append (jpeg, end, sizeof end);

  return jpeg;
}

static void
test_jpeg_refused (void)
{
  const guint8 no_scan[] = { 0xff, 0xd8, 0xff, 0xd9 };
  const guint8 short_segment[] = { 0xff, 0xd8, 0xff, 0xe0, 0x00, 0x01, 0xff, 0xd9 };
  const guint8 long_segment[] = { 0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0xff, 0xd9 };
  g_autoptr (GByteArray) endless = make_endless_jpeg ();

  assert_refused (no_scan, 3, "cut short after 3 bytes");
  assert_refused (no_scan, sizeof no_scan, "cannot be decoded");
  assert_refused (short_segment, sizeof short_segment, "cannot be decoded");
  assert_refused (long_segment, sizeof long_segment, "cut short");
  assert_refused (endless->data, endless->len, "more than 1000 scans");
}

static void
test_no_pictures (void)
{
  const char *text = "#define x_width 16\n/* XPM */ <svg xmlns='http://www.w3.org/2000/svg'/>\n";

  assert_refused ((const guint8 *) "", 0, "is empty");
  assert_refused ((const guint8 *) text, strlen (text), "is not a picture");
  assert_refused ((const guint8 *) "\xff", 1, "is not a picture");
  assert_refused ((const guint8 *) "BM", 2, "is not a picture");
  assert_refused ((const guint8 *) "GIF89a", 6, "is a GIF picture that is cut short after 6 bytes");
}

/* A header can say anything; believing it would take all memory. */
static void
test_absurd_sizes (void)
{
  /* 30000×30000, 8 bits, RGB, and the checksum. */
  static const guint8 png_header[] = {
    0x00, 0x00, 0x75, 0x30, 0x00, 0x00, 0x75, 0x30, 0x08, 0x02, 0x00, 0x00, 0x00, 0xe9, 0x45,
    0x6f, 0xed,
  };
  static const guint8 gif[] = "GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00"
                              "\x80\x00\x00\x00\xff\xff\xff\x02\x02\x44\x01\x00;";
  static const guint8 webp[] = "RIFF\x12\x00\x00\x00WEBPVP8L\x05\x00\x00\x00\x2f\xff\xff\xff\x0f\x00";
  guint8 bmp[54 + 64] = "BM";
  g_autoptr (GByteArray) png = make_file ("png");
  g_autoptr (GByteArray) jpeg = make_file ("jpeg");
  gsize i = 0;

  memcpy (png->data + 16, png_header, sizeof png_header);
  assert_refused (png->data, png->len, "is 30000×30000 according to its header: too large");

  while (jpeg->data[i] != 0xff || jpeg->data[i + 1] != 0xc0)
    i++;
  memset (jpeg->data + i + 5, 0xfe, 4);
  assert_refused (jpeg->data, jpeg->len, "is 65278×65278 according to its header: too large");

  assert_refused (gif, sizeof gif - 1, "is 65535×65535 according to its header: too large");
  if (can_decode (".webp"))
    assert_refused (webp, sizeof webp - 1, "16384×16384 according to its header: too large for a file of 26");

  bmp[10] = 54;
  bmp[14] = 40;
  memset (bmp + 18, 0x7f, 8);
  bmp[28] = 24;
  assert_refused (bmp, sizeof bmp, "is a BMP picture that is cut short");
}

/* Transparent pixels have a colour, too: white here, of one pixel on a screen of its size. */
static void
test_gif_transparency (void)
{
  static const guint8 gif[] = "GIF89a\x01\x00\x01\x00\x00\x00\x00"
                              "!\xf9\x04\x01\x00\x00\x01\x00!\xfe\x02hi\x00"
                              ",\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\xff\xfe\xfd"
                              "\x02\x02\x4c\x01\x00"
                              "!\xf9\x04\x01";
  g_autoptr (GBytes) bytes = g_bytes_new_static (gif, sizeof gif - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnImage) image = cnn_image_new_from_bytes (bytes, NULL, &error);
  const guint8 expected[] = { 255, 254, 253 };

  g_assert_no_error (error);
  g_assert_cmpmem (cnn_image_get_pixels (image), 3, expected, 3);
}

static void
assert_not_loaded (GFile      *file,
                   GQuark      domain,
                   int         code,
                   const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_parse_name (file);

  g_assert_null (cnn_image_load (file, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_cmpstr (error->message + strlen (name), ==, message);
}

static void
test_bad_files (void)
{
  g_autofree char *path = g_dir_make_tmp ("image-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) file = g_file_get_child (folder, "a.JPEG");
  const char *file_path = g_file_peek_path (file);

  assert_not_loaded (file, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, ": does not exist");
  assert_not_loaded (folder, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, ": is a folder, expected a file");

  g_assert_true (g_file_set_contents (file_path, "", 0, NULL));
  assert_not_loaded (file, CNN_ERROR, CNN_ERROR_NO_IMAGE, ": is empty, expected a picture");
  g_assert_true (g_file_set_contents (file_path, "hello", -1, NULL));
  assert_not_loaded (file, CNN_ERROR, CNN_ERROR_NO_IMAGE,
                     ": is not a picture, expected JPEG, PNG, WebP, BMP or GIF");

  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  g_assert_cmpint (g_chmod (file_path, 0), ==, 0);
  unprivileged_begin ();
  assert_not_loaded (file, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                     ": may not be read: permission denied");
  unprivileged_end ();

  /* To open this would take until somebody writes to it. */
  g_assert_cmpint (g_unlink (file_path), ==, 0);
  g_assert_cmpint (mkfifo (file_path, 0600), ==, 0);
  assert_not_loaded (file, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                     ": is a device or a pipe, expected a file");

  g_assert_cmpint (g_unlink (file_path), ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
test_cancelled (void)
{
  g_autoptr (GByteArray) png = make_file ("png");
  g_autoptr (GBytes) bytes = g_bytes_new (png->data, png->len);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (cnn_image_new_from_bytes (bytes, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gpointer
decode_often (gpointer data)
{
  CnnImage *last = NULL;

  for (int i = 0; i < 50; i++)
    {
      g_clear_pointer (&last, cnn_image_unref);
      last = cnn_image_new_from_bytes (data, NULL, NULL);
      g_assert_nonnull (last);
    }

  return last;
}

static void
test_threads (void)
{
  const char *types[] = { "jpeg", "png", "bmp" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GByteArray) data = make_file (types[i]);
      g_autoptr (GBytes) bytes = g_bytes_new (data->data, data->len);
      g_autoptr (CnnImage) expected = decode (data);
      GThread *threads[8];

      for (gsize j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("decoder", decode_often, bytes);
      for (gsize j = 0; j < G_N_ELEMENTS (threads); j++)
        {
          g_autoptr (CnnImage) image = g_thread_join (threads[j]);

          assert_same (image, expected);
        }
    }
}

/* Whatever a byte is changed to: a picture or an error, and no harm. */
static void
test_damaged (void)
{
  const char *types[] = { "jpeg", "png", "bmp" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 1500; i++)
    {
      g_autoptr (GByteArray) data = make_file (types[i % G_N_ELEMENTS (types)]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (CnnImage) image = NULL;
      guint limit = i % 2 == 0 ? MIN (data->len, 200) : data->len;

      for (guint j = 0; j < 3; j++)
        data->data[g_rand_int_range (rand, 2, limit)] = g_rand_int (rand);

      bytes = g_bytes_new (data->data, data->len);
      image = cnn_image_new_from_bytes (bytes, NULL, &error);
      g_assert_true ((image == NULL) == (error != NULL));
      if (error != NULL)
        g_assert_error (error, CNN_ERROR, CNN_ERROR_NO_IMAGE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/image/create", test_create);
  g_test_add_func ("/engine/image/save-png", test_save_png);
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/image/formats/", formats[i], NULL);
      g_autofree char *cut_path = g_strconcat ("/engine/image/truncated/", formats[i], NULL);

      g_test_add_data_func (path, formats[i], test_formats);
      g_test_add_data_func (cut_path, formats[i], test_truncated);
    }
  g_test_add_func ("/engine/image/16-bits", test_16_bits);
  g_test_add_func ("/engine/image/decoded", test_decoded);
  g_test_add_func ("/engine/image/all", test_all);
  g_test_add_func ("/engine/image/truncated-from-pack", test_truncated_from_pack);
  g_test_add_func ("/engine/image/jpeg-false-ends", test_jpeg_false_ends);
  g_test_add_func ("/engine/image/jpeg-leniency", test_jpeg_leniency);
  g_test_add_func ("/engine/image/jpeg-refused", test_jpeg_refused);
  g_test_add_func ("/engine/image/no-pictures", test_no_pictures);
  g_test_add_func ("/engine/image/absurd-sizes", test_absurd_sizes);
  g_test_add_func ("/engine/image/gif-transparency", test_gif_transparency);
  g_test_add_func ("/engine/image/bad-files", test_bad_files);
  g_test_add_func ("/engine/image/cancelled", test_cancelled);
  g_test_add_func ("/engine/image/threads", test_threads);
  g_test_add_func ("/engine/image/damaged", test_damaged);

  return g_test_run ();
}
