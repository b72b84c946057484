#pragma once

/* Engine-internal: the arithmetic of the fast path.
 *
 * Kernels know pointers, sizes and strides, and nothing else: they include no
 * GLib, allocate nothing and cannot fail; whoever calls them has checked the
 * shapes. Each works on a part of its output, some blocks of channels and some
 * rows, so that threads can share a layer; no part depends on another, and the
 * order of additions in an element depends on nothing but the layer: the same
 * bits come out however the work is divided. */

#include <stddef.h>

/* Channels in a block: one AVX-512 register, two AVX2 registers. */
#define CNN_BLOCK 16

/* What the greatest number of registers holds. */
#define CNN_PEAK_NUMBERS (32 * CNN_BLOCK)

/* A feature map [blocks][height][width][16] with room around it: channel c of
 * pixel (y, x) is data[c / 16 · block + y · row + x · pixel + c % 16]. Lanes
 * beyond the last channel may hold anything, and nobody reads them. Where a
 * convolution looks beyond the edge there is a border of zeros in memory. */
typedef struct
{
  float *data;                  /* channel 0 of the pixel at the top left */
  ptrdiff_t block;              /* floats from one block to the next */
  ptrdiff_t row;                /* floats from one row to the next */
  ptrdiff_t pixel;              /* floats from one pixel to the next: 16, or the
                                 * number of channels where that is small */
  int channels;
  int height;
  int width;
} CnnMap;

/* What a function of a finish makes of one value, or of two. */
typedef enum
{
  CNN_FUNCTION_ADD,
  CNN_FUNCTION_SUBTRACT,
  CNN_FUNCTION_MULTIPLY,
  CNN_FUNCTION_DIVIDE,
  CNN_FUNCTION_MINIMUM,
  CNN_FUNCTION_MAXIMUM,
  CNN_FUNCTION_CLIP,            /* from alpha to beta */
  CNN_FUNCTION_LEAKY_RELU,      /* b is the slope */
  CNN_FUNCTION_ELU,
  CNN_FUNCTION_SIGMOID,
  CNN_FUNCTION_HARD_SIGMOID,
  CNN_FUNCTION_HARD_SWISH,
  CNN_FUNCTION_SILU,
  CNN_FUNCTION_GELU,
  CNN_FUNCTION_GELU_TANH,
  CNN_FUNCTION_MISH,
  CNN_FUNCTION_SOFTSIGN,
  CNN_FUNCTION_TANH,
  CNN_FUNCTION_ERF,
  CNN_FUNCTION_EXP,
  CNN_FUNCTION_SQRT,
  CNN_FUNCTION_RECIPROCAL,
  CNN_FUNCTION_ABS,
  CNN_FUNCTION_NEGATE,
} CnnFunctionId;

/* A function among those that follow one another at the end of a finish. Value 0
 * is what came before them, value i + 1 what function i makes; operand is another
 * map, or a number for each channel: then, and where a map of one pixel is
 * stretched, row and pixel are 0. */
typedef struct
{
  CnnFunctionId id;
  int a;                        /* a value, or CNN_OPERAND */
  int b;
  struct
  {
    const float *data;
    ptrdiff_t block;
    ptrdiff_t row;
    ptrdiff_t pixel;
    int is_map;                 /* every picture has its own */
  } operand;
  float alpha;
  float beta;
  float gamma;
  float *kept;                  /* where its value is left, or NULL */
} CnnFunction;

#define CNN_OPERAND (-1)
#define CNN_MAX_FUNCTIONS 8

/* What happens to the elements of an output on their way from the registers to
 * memory, in this order, each part where it is wanted: x·scale + shift, + other
 * map, clamp to [low, high], functions. A layer of its own does the same
 * arithmetic through `finish`, so fusing layers does not change a bit. */
typedef struct
{
  const float *scale;           /* by channel, in whole blocks; or NULL */
  const float *shift;
  CnnMap addend;                /* data NULL: none */
  int clamp;
  float low;
  float high;

  /* Where to leave the values that were there before each part, in maps with
   * the strides of the output, for a run that keeps every layer; or NULL. */
  float *before_scale;
  float *before_add;
  float *before_clamp;
  float *before_functions;

  int n_functions;
  CnnFunction functions[CNN_MAX_FUNCTIONS];
} CnnFinish;

/* A window that moves over a map, height before width. */
typedef struct
{
  int kernel[2];
  int stride[2];
  int dilation[2];
  int padding[4];               /* top, left, bottom, right */
} CnnStencil;

/* The input channels that an output block sees: all of them, or those of its
 * groups; and where its weights start. */
typedef struct
{
  int channel_begin;
  int channel_end;
  ptrdiff_t weights;            /* floats from the first block's */
} CnnReach;

/* For each output channel of a block, which channel of a block of the input it
 * takes. Eight neighbours take theirs from the same half of the block. */
typedef struct
{
  int lanes[CNN_BLOCK];
} CnnSelection;

/* A convolution. The weights of an output block are [input blocks][kH][kW][lanes][16
 * outputs], where lanes are the channels that it sees of an input block. A map with
 * few channels whose pixels lie close together can be read with kW = 1 and the taps
 * of a row as so many lanes of a single block.
 *
 * Groups of a few channels have a kernel of their own, for output blocks that see one
 * input block: weights are [kH][terms][kW][16 outputs], where the n-th term is the
 * n-th channel of each output's group, and selections say which one that is. */
typedef struct
{
  CnnMap in;
  CnnMap out;
  CnnStencil stencil;
  int lanes;                    /* channels in a block of the input */
  int n_terms;                  /* channels in a narrow group */
  const CnnSelection *selections; /* by output block and term */
  const float *weights;
  const CnnReach *reaches;      /* by output block */
  const float *bias;            /* by channel, in whole blocks */
  CnnFinish finish;
} CnnConv;

/* A convolution of each channel by itself: weights are [blocks][kH][kW][16]. */
typedef struct
{
  CnnMap in;
  CnnMap out;
  CnnStencil stencil;
  const float *weights;
  const float *bias;
  CnnFinish finish;
} CnnDepthwise;

typedef struct
{
  CnnMap in;
  CnnMap out;
  CnnStencil stencil;           /* unused by adaptive pooling */
  int count_padding;            /* average pooling: it counts in the divisor */
} CnnPool;

typedef struct
{
  CnnMap in;
  CnnMap out;
  CnnFinish finish;
} CnnPointwise;

/* Lanes of a block of an output that come from a block of a map. */
typedef struct
{
  int source;
  int block;
  int is_whole;                 /* the only one of its block, and moves no lane */
  int lanes[CNN_BLOCK];         /* which lane of the source, by lane of the output */
  int is_taken[CNN_BLOCK];      /* −1 for the lanes that come from here, else 0 */
} CnnPick;

/* Copies channels from maps to where the output wants them: block b of the output
 * is made by the picks from first_pick[b] up to first_pick[b + 1]. Lanes that none of
 * them takes stay as they are, or become zero. A source may lie where the output
 * does, channel by channel. */
typedef struct
{
  CnnMap out;
  const CnnMap *sources;
  const CnnPick *picks;
  const int *first_pick;
  int clears;                   /* lanes that nothing takes become zero */
  ptrdiff_t distance;           /* floats from the maps to those of this picture */
} CnnGather;

/* The part of the output that a call shall make: blocks and rows, from the first
 * up to but without the last. */
typedef struct
{
  int block_begin;
  int block_end;
  int row_begin;
  int row_end;
} CnnPart;

/* The sizes of tiles in which a convolution of 3×3 with stride and dilation 1 can
 * be made by Winograd's algorithm. The weights of an output block are then
 * [elements][inputs][16 outputs], see cnn_winograd_weights(). */
typedef enum
{
  CNN_WINOGRAD_2X2,
  CNN_WINOGRAD_4X4,
} CnnWinogradSize;

#define CNN_N_WINOGRAD_SIZES (CNN_WINOGRAD_4X4 + 1)

/* Some of the tiles of one or several outputs, numbered picture by picture and row
 * by row. The maps of a convolution are those of the first picture; each one after
 * it has its own so many floats further on. inputs are the inputs of these tiles when
 * they have been transformed: [elements][input blocks][n][16]. */
typedef struct
{
  ptrdiff_t picture;            /* floats from one picture's maps to the next */
  int first;
  int n;
  float *inputs;
} CnnTiles;

/* Some blocks of channels of some tiles, from the first up to but without the
 * last. */
typedef struct
{
  int block_begin;
  int block_end;
  int tile_begin;
  int tile_end;
} CnnTilePart;

/* Makes transformed inputs, for blocks of input channels. */
typedef void (*CnnWinogradInputs)  (const CnnConv     *conv,
                                    const CnnTiles    *tiles,
                                    const CnnTilePart *part);

/* Makes the output of the transformed inputs, for blocks of output channels.
 * products is memory of the caller's own. */
typedef void (*CnnWinogradOutputs) (const CnnConv     *conv,
                                    const CnnTiles    *tiles,
                                    const CnnTilePart *part,
                                    float             *products);

typedef struct
{
  void (*conv)                  (const CnnConv      *conv,
                                 const CnnPart      *part);
  void (*grouped_conv)          (const CnnConv      *conv,
                                 const CnnPart      *part);
  void (*depthwise)             (const CnnDepthwise *conv,
                                 const CnnPart      *part);
  void (*max_pool)              (const CnnPool      *pool,
                                 const CnnPart      *part);
  void (*average_pool)          (const CnnPool      *pool,
                                 const CnnPart      *part);
  void (*adaptive_average_pool) (const CnnPool      *pool,
                                 const CnnPart      *part);
  void (*finish)                (const CnnPointwise *pointwise,
                                 const CnnPart      *part);
  void (*gather)                (const CnnGather    *gather,
                                 const CnnPart      *part);
  CnnWinogradInputs winograd_inputs[CNN_N_WINOGRAD_SIZES];
  CnnWinogradOutputs winograd_outputs[CNN_N_WINOGRAD_SIZES];

  /* Multiply-adds for their own sake, on CNN_PEAK_NUMBERS numbers at most; and
   * how many operations are in a round. */
  void (*multiply_adds)         (float              *numbers,
                                 long                n_rounds);
  int multiply_adds_flops;
} CnnKernels;

/* How many blocks hold so many channels. */
static inline int
cnn_n_blocks (int channels)
{
  return (channels + CNN_BLOCK - 1) / CNN_BLOCK;
}

void cnn_kernels_init_c      (CnnKernels *kernels);
void cnn_kernels_init_avx2   (CnnKernels *kernels);
void cnn_kernels_init_avx512 (CnnKernels *kernels);
