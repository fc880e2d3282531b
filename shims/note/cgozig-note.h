/* why: Go relinks only when an object changed; another libc, zig or rule table may leave all objects as they were.
   source: golang/go src/cmd/go/internal/work/exec.go, printLinkerConfig: the external linker is not hashed.
   zig: every version. */
#if defined(__ELF__)
__asm__(".pushsection .note.cgozig,\"\",%progbits\n.asciz \"" CGOZIG_NOTE "\"\n.popsection\n");
#elif defined(__APPLE__)
__asm__(".pushsection __DWARF,__cgozig,regular,debug\n.asciz \"" CGOZIG_NOTE "\"\n.popsection\n");
#else
__asm__(".pushsection .debug_cgozig,\"dr\"\n.asciz \"" CGOZIG_NOTE "\"\n.popsection\n");
#endif
