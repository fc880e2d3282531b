# Every zig that cgozig supports: $tools/zig-VERSION/ziglang/zig

for version in 0.14.1 0.15.2 0.16.0 0.17.0; do
    dir=$tools/zig-$version
    [ -x "$dir/ziglang/zig" ] && continue
    say "zig $version"
    fill "$dir" wheel "ziglang==$version"
done
