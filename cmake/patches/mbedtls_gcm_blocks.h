// Included by mbedTLS's gcm.c (see third-party): AES-GCM over eight blocks at a time on x86-64 with AES-NI
// and PCLMULQDQ. mbedTLS itself takes one block at a time, 360 MB/s where this does several times as much; a
// session's every byte goes through it.
//
// The multiplication is that of Intel's "Carry-Less Multiplication Instruction and its Usage for Computing
// the GCM Mode" (2010), algorithm 5, with one reduction for eight products (its section on aggregation).
#if defined(MBEDTLS_AESNI_HAVE_CODE) && defined(__x86_64__) && !defined(MBEDTLS_BLOCK_CIPHER_C)
#define GCM_BLOCKS_AT_ONCE 8

#include <immintrin.h>

#define GCM_TARGET __attribute__((target("aes,pclmul,ssse3")))
#define GCM_EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)

// A 256-bit product that is not reduced yet: hi:mid:lo, mid overlapping both by half.
typedef struct {
  __m128i lo, mid, hi;
} gcm_product;

GCM_TARGET static inline __m128i gcm_swap(__m128i x) {
  return _mm_shuffle_epi8(x, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

GCM_TARGET static inline gcm_product gcm_add_product(gcm_product sum, __m128i a, __m128i b) {
  sum.lo = _mm_xor_si128(sum.lo, _mm_clmulepi64_si128(a, b, 0x00));
  sum.hi = _mm_xor_si128(sum.hi, _mm_clmulepi64_si128(a, b, 0x11));
  sum.mid = _mm_xor_si128(sum.mid,
                          _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10)));
  return sum;
}

GCM_TARGET static inline __m128i gcm_reduce(gcm_product product) {
  __m128i lo = _mm_xor_si128(product.lo, _mm_slli_si128(product.mid, 8));
  __m128i hi = _mm_xor_si128(product.hi, _mm_srli_si128(product.mid, 8));
  // One bit to the left, since the operands' bits are reflected.
  const __m128i carry_lo = _mm_srli_epi32(lo, 31), carry_hi = _mm_srli_epi32(hi, 31);
  lo = _mm_or_si128(_mm_slli_epi32(lo, 1), _mm_slli_si128(carry_lo, 4));
  hi = _mm_or_si128(_mm_or_si128(_mm_slli_epi32(hi, 1), _mm_slli_si128(carry_hi, 4)),
                    _mm_srli_si128(carry_lo, 12));
  // Modulo x^128 + x^7 + x^2 + x + 1.
  const __m128i fold =
      _mm_xor_si128(_mm_xor_si128(_mm_slli_epi32(lo, 31), _mm_slli_epi32(lo, 30)), _mm_slli_epi32(lo, 25));
  lo = _mm_xor_si128(lo, _mm_slli_si128(fold, 12));
  const __m128i shifted = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi32(lo, 1), _mm_srli_epi32(lo, 2)),
                                        _mm_xor_si128(_mm_srli_epi32(lo, 7), _mm_srli_si128(fold, 4)));
  return _mm_xor_si128(hi, _mm_xor_si128(lo, shifted));
}

// What gcm_update() would do with the input's leading whole groups of eight blocks. Answers their bytes, 0
// where this CPU or cipher is not ours.
GCM_TARGET static size_t gcm_update_blocks(mbedtls_gcm_context* ctx, const unsigned char* input,
                                           size_t input_length, unsigned char* output) {
  const size_t group = 16 * GCM_BLOCKS_AT_ONCE;
  if (ctx->acceleration != MBEDTLS_GCM_ACC_AESNI || input_length < group ||
      !mbedtls_aesni_has_support(MBEDTLS_AESNI_AES) || ctx->cipher_ctx.cipher_info == NULL)
    return 0;
  switch (mbedtls_cipher_info_get_type(ctx->cipher_ctx.cipher_info)) {
    case MBEDTLS_CIPHER_AES_128_ECB:
    case MBEDTLS_CIPHER_AES_192_ECB:
    case MBEDTLS_CIPHER_AES_256_ECB:
      break;
    default:
      return 0;
  }
  const mbedtls_aes_context* aes = (const mbedtls_aes_context*)ctx->cipher_ctx.cipher_ctx;
  const __m128i* key = (const __m128i*)(aes->buf + aes->rk_offset);

  __m128i power[GCM_BLOCKS_AT_ONCE];  // H^1 to H^8
  const __m128i none = _mm_setzero_si128();
  power[0] = gcm_swap(_mm_loadu_si128((const __m128i*)ctx->H[MBEDTLS_GCM_HTABLE_SIZE / 2]));
  for (int i = 1; i < GCM_BLOCKS_AT_ONCE; ++i)
    power[i] = gcm_reduce(gcm_add_product((gcm_product){none, none, none}, power[i - 1], power[0]));

  __m128i hash = gcm_swap(_mm_loadu_si128((const __m128i*)ctx->buf));
  // Swapped, the counter is the lowest 32 bits, and wraps among themselves.
  __m128i counter = gcm_swap(_mm_loadu_si128((const __m128i*)ctx->y));
  const __m128i one = _mm_set_epi32(0, 0, 0, 1);
  const int encrypts = ctx->mode == MBEDTLS_GCM_ENCRYPT;
  size_t done = 0;
  for (; input_length - done >= group; done += group) {
    const __m128i* in = (const __m128i*)(input + done);
    __m128i* out = (__m128i*)(output + done);
    __m128i round_key = _mm_loadu_si128(key);
#define GCM_START(i)                     \
  counter = _mm_add_epi32(counter, one); \
  __m128i x##i = _mm_xor_si128(gcm_swap(counter), round_key);
    GCM_EACH(GCM_START)
    for (int round = 1; round < aes->nr; ++round) {
      round_key = _mm_loadu_si128(key + round);
#define GCM_ROUND(i) x##i = _mm_aesenc_si128(x##i, round_key);
      GCM_EACH(GCM_ROUND)
    }
    round_key = _mm_loadu_si128(key + aes->nr);
    gcm_product sum = {none, none, none};
    // The hash goes over the ciphertext: read before it is overwritten where output is input.
#define GCM_FINISH(i)                                                        \
  {                                                                          \
    const __m128i text = _mm_loadu_si128(in + (i));                          \
    x##i = _mm_xor_si128(_mm_aesenclast_si128(x##i, round_key), text);       \
    __m128i hashed = gcm_swap(encrypts ? x##i : text);                       \
    if ((i) == 0) hashed = _mm_xor_si128(hashed, hash);                      \
    sum = gcm_add_product(sum, hashed, power[GCM_BLOCKS_AT_ONCE - 1 - (i)]); \
    _mm_storeu_si128(out + (i), x##i);                                       \
  }
    GCM_EACH(GCM_FINISH)
    hash = gcm_reduce(sum);
  }
  _mm_storeu_si128((__m128i*)ctx->buf, gcm_swap(hash));
  _mm_storeu_si128((__m128i*)ctx->y, gcm_swap(counter));
  mbedtls_platform_zeroize(power, sizeof(power));
  return done;
}

#undef GCM_TARGET
#undef GCM_EACH
#undef GCM_START
#undef GCM_ROUND
#undef GCM_FINISH
#endif
