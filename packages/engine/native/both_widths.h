// Compiles KERNELS, the name of a header, once for each instruction set: into namespace avx512 with a WIDTH of 16, into avx2 with 8.

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,fma")
namespace avx512 {
#define WIDTH 16
#include KERNELS
#undef WIDTH
}  // namespace avx512
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
#define WIDTH 8
#include KERNELS
#undef WIDTH
}  // namespace avx2
#pragma GCC pop_options

#undef KERNELS
