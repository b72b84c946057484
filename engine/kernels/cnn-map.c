#include "kernels/cnn-map.h"

#include <string.h>

/* How many channels lie side by side in a pixel: a block of them, or all of them
 * in a map of few channels. */
static inline int
lanes_of (const CnnMap *map)
{
  return map->pixel < CNN_BLOCK ? (int) map->pixel : CNN_BLOCK;
}

static inline float *
row_of_channel (const CnnMap *map,
                int           channel,
                int           y)
{
  int lanes = lanes_of (map);

  return map->data + channel / lanes * map->block + channel % lanes + y * map->row;
}

/* Copies row-major planes into a map. The lanes after the last channel become
 * zero. */
void
cnn_map_fill (const CnnMap *map,
              const float  *planes)
{
  int lanes = lanes_of (map);
  int padded = (map->channels + lanes - 1) / lanes * lanes;

  for (int c = 0; c < padded; c++)
    for (int y = 0; y < map->height; y++)
      {
        float *to = row_of_channel (map, c, y);

        if (c < map->channels)
          for (int x = 0; x < map->width; x++)
            to[x * map->pixel] = *planes++;
        else
          for (int x = 0; x < map->width; x++)
            to[x * map->pixel] = 0;
      }
}

/* Copies a map into row-major planes. */
void
cnn_map_read (const CnnMap *map,
              float        *planes)
{
  for (int c = 0; c < map->channels; c++)
    for (int y = 0; y < map->height; y++)
      {
        const float *from = row_of_channel (map, c, y);

        for (int x = 0; x < map->width; x++)
          *planes++ = from[x * map->pixel];
      }
}

/* Copies a map into another of the same height and width, where its channels
 * become first_channel and those that follow. */
void
cnn_map_copy (const CnnMap *map,
              const CnnMap *to,
              int           first_channel)
{
  for (int c = 0; c < map->channels; c++)
    for (int y = 0; y < map->height; y++)
      {
        const float *from = row_of_channel (map, c, y);
        float *into = row_of_channel (to, first_channel + c, y);

        for (int x = 0; x < map->width; x++)
          into[x * to->pixel] = from[x * map->pixel];
      }
}

/* Writes zeros around a map: as many pixels above, left, below and right as
 * border says. */
void
cnn_map_clear_border (const CnnMap *map,
                      const int     border[4])
{
  int lanes = lanes_of (map);
  int n_blocks = (map->channels + lanes - 1) / lanes;
  size_t left = border[1] * map->pixel;
  size_t right = border[3] * map->pixel;
  size_t full = left + map->width * map->pixel + right;

  for (int block = 0; block < n_blocks; block++)
    for (int y = -border[0]; y < map->height + border[2]; y++)
      {
        float *row = map->data + block * map->block + y * map->row;

        if (y < 0 || y >= map->height)
          memset (row - left, 0, full * sizeof (float));
        else
          {
            memset (row - left, 0, left * sizeof (float));
            memset (row + map->width * map->pixel, 0, right * sizeof (float));
          }
      }
}
