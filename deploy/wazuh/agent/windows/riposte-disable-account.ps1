# Started by Wazuh's agent through riposte-disable-account.cmd: disables a local account, ends its sessions, parks its
# SSH keys, proves it, and undoes it on request. Never run: see the README.
# riposte-disable-account.ps1 -Lift: lifts what is over, for a scheduled task.
param([switch] $Lift)
$Action = 'disable-account'
. (Join-Path $PSScriptRoot 'riposte-companion.ps1')
# An account's name has no colon, and may have what stands for one in a folder's name.
$HoldColon = '_'

function Read-Target($Data) {
  $user = [string] (Get-Part $Data 'dstuser')
  # Names that Windows keeps for devices would be no files.
  if ($user -cnotmatch '\A[A-Za-z_]([A-Za-z0-9_.-]{0,18}[A-Za-z0-9_-])?\z') { return '' }
  if ($user -match '\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)') { return '' }
  # Windows does not tell capitals from small letters in a name, and so must our memory.
  return $user.ToLowerInvariant()
}

function Get-Refusal {
  $account = Get-Account
  if ($null -eq $account) { return 'no_such_user' }
  if (Test-Protected $account) { return 'protected' }
  return ''
}

# SID, enabled, expiry.
function Get-Before {
  $account = Get-Account
  return @($account.SID.Value, [string] $account.Enabled, (Get-Expiry $account))
}

function Invoke-Effect([string] $Hold) {
  $account = Get-Account
  $sid = $account.SID.Value
  # Each part by itself: what one can't do must not keep the others from it, and looking says what is missing.
  try { if ($account.Enabled) { Disable-LocalUser -SID $sid } } catch { $null = $_ }
  try { if (-not (Test-Expired $account)) { Set-LocalUser -SID $sid -AccountExpires $OurExpiry } } catch { $null = $_ }
  try { Stop-Sessions $sid } catch { $null = $_ }
  try { Hide-Keys $Hold $sid } catch { $null = $_ }
  try { Stop-Sessions $sid } catch { $null = $_ }
}

function Get-Account {
  $account = Get-LocalUser -Name $order.Target -ErrorAction SilentlyContinue
  # A name may be a pattern to some commands; what comes back must be the one that was asked for.
  if ($null -eq $account -or @($account).Count -ne 1 -or $account.Name -ine $order.Target) { return $null }
  return $account
}

# Administrator, Guest, DefaultAccount and the like have numbers below 1000, whatever they are called.
function Test-Protected($Account) {
  if ([int] ($Account.SID.Value.Split('-')[-1]) -lt 1000) { return $true }
  foreach ($pattern in $Protect) { if ($Account.Name -like $pattern) { return $true } }
  return $false
}

function Get-Expiry($Account) {
  if ($null -eq $Account.AccountExpires) { return 'never' }
  return $Account.AccountExpires.ToUniversalTime().ToString('o', [Globalization.CultureInfo]::InvariantCulture)
}

function Test-Expired($Account) { return $null -ne $Account.AccountExpires -and $Account.AccountExpires.ToUniversalTime() -le [DateTime]::UtcNow }

# A day that nobody else gives.
$OurExpiry = New-Object DateTime(2001, 1, 2, 0, 0, 0, [DateTimeKind]::Utc)
function Test-OurExpiry($Account) { return $null -ne $Account.AccountExpires -and $Account.AccountExpires.ToUniversalTime().Date -eq $OurExpiry.Date }

# The processes of the user, by his number and not by his name.
function Get-Processes([string] $Sid) {
  return @(Get-CimInstance -ClassName Win32_Process | Where-Object {
    try { (Invoke-CimMethod -InputObject $_ -MethodName GetOwnerSid).Sid -eq $Sid } catch { $false }
  })
}

function Stop-Sessions([string] $Sid) {
  for ($round = 0; $round -lt 5; $round++) {
    $running = @(Get-Processes $Sid)
    if ($running.Count -eq 0) { return }
    # Each session that has one of his processes and nobody else's desktop: 0 is that of services.
    foreach ($session in @($running | Where-Object { $_.SessionId -ne 0 } | Select-Object -ExpandProperty SessionId -Unique)) {
      $shell = @($running | Where-Object { $_.SessionId -eq $session -and $_.Name -ieq 'explorer.exe' })
      if ($shell.Count -gt 0) { & "$env:SystemRoot\System32\logoff.exe" $session 2>$null }
    }
    foreach ($process in $running) { Stop-Process -Id $process.ProcessId -Force -ErrorAction SilentlyContinue }
    if ($round -gt 1) { Start-Sleep -Seconds 1 }
  }
}

# --- its SSH keys ---

function Get-ProfilePath([string] $Sid) {
  $key = "HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\$Sid"
  $entry = Get-ItemProperty -LiteralPath $key -Name ProfileImagePath -ErrorAction SilentlyContinue
  if ($null -eq $entry) { return $null }
  return $entry.ProfileImagePath
}

# The keys of this account alone: administrators_authorized_keys is everybody's, and closed by the account being disabled.
# What is reached through a junction or a link that the user may have made is left alone, and told as in_place.
function Get-KeyFile([string] $Sid) {
  $folder = Get-ProfilePath $Sid
  if ($null -eq $folder) { return $null }
  return Join-Path (Join-Path $folder '.ssh') 'authorized_keys'
}

function Test-Linked([string] $Path) {
  foreach ($each in (Split-Path -Parent $Path), $Path) {
    if ((Test-Path -LiteralPath $each) -and (([IO.File]::GetAttributes($each) -band [IO.FileAttributes]::ReparsePoint) -ne 0)) { return $true }
  }
  return $false
}

function Get-Mark([string] $Path) {
  $sddl = (Get-Acl -LiteralPath $Path).Sddl
  return (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash + ' ' + $sddl
}

function Hide-Keys([string] $Hold, [string] $Sid) {
  $file = Get-KeyFile $Sid
  if ($null -eq $file -or -not [IO.File]::Exists($file) -or (Test-Linked $file)) { return }
  $entry = Join-Path $Hold 'keys'
  $number = 1
  while ([IO.File]::Exists("$entry.$number")) {
    $parked = ([IO.File]::ReadAllLines("$entry.$number"))[1]
    if (-not [IO.File]::Exists($parked)) { break }
    $number++
  }
  $parked = "$file.riposte-$($order.Token)-$number"
  Set-Memory "$entry.$number" @($file, $parked, (Get-Mark $file))
  [IO.File]::Move($file, $parked)
}

function Show-Keys([string] $Hold) {
  $lines = Read-FirstKeys $Hold
  if ($null -eq $lines -or -not [IO.File]::Exists($lines[1])) { return }
  # Whoever changed what was parked would come in by it: that is left for a person to look at.
  if ((Test-Linked $lines[0]) -or (Get-Mark $lines[1]) -cne $lines[2]) { return }
  if ([IO.File]::Exists($lines[0])) { [IO.File]::Move($lines[0], "$($lines[0]).riposte-$($order.Token)-meanwhile") }
  [IO.File]::Move($lines[1], $lines[0])
}

# What was there first is what comes back; what was parked later stays aside.
function Read-FirstKeys([string] $Hold) {
  $entry = (Join-Path $Hold 'keys') + '.1'
  if (-not [IO.File]::Exists($entry)) { return $null }
  return [IO.File]::ReadAllLines($entry)
}

function Test-KeysBack([string] $Hold) {
  $lines = Read-FirstKeys $Hold
  return $null -eq $lines -or ([IO.File]::Exists($lines[0]) -and (Get-Mark $lines[0]) -ceq $lines[2])
}

# --- look, take back ---

function Get-Found([string] $Hold) {
  $account = Get-Account
  if ($null -eq $account) { return $null }
  $sid = $account.SID.Value
  $file = Get-KeyFile $sid
  $keys = 'none'
  if ([IO.File]::Exists((Join-Path $Hold 'keys') + '.1')) { $keys = 'parked' }
  if ($null -ne $file -and [IO.File]::Exists($file)) { $keys = 'in_place' }
  return [ordered] @{
    # There is no lock of the password alone here: a disabled account takes none.
    password = $(if ($account.Enabled) { 'open' } else { 'locked' })
    account  = $(if (Test-Expired $account) { 'expired' } else { 'open' })
    keys     = $keys
    sessions = [string] @(Get-Processes $sid).Count
  }
}

function Get-Lack($Found) {
  if ($null -eq $Found) { return 'account_open' }
  if ($Found['password'] -ne 'locked') { return 'password_open' }
  if ($Found['account'] -ne 'expired') { return 'account_open' }
  if ($Found['keys'] -eq 'in_place') { return 'keys_left' }
  if ($Found['sessions'] -ne '0') { return 'sessions_left' }
  return ''
}

# The same name under another number is somebody else.
function Test-StillThere([string] $Hold) {
  $account = Get-Account
  $before = Read-Before $Hold
  return $null -ne $account -and $null -ne $before -and $account.SID.Value -eq $before[0]
}

# What somebody else has changed meanwhile is his: only what is still as we left it goes back.
function Restore-Target([string] $Hold) {
  $before = Read-Before $Hold
  $account = Get-Account
  $wasOpen = $before[1] -ceq 'True'
  try {
    if ($wasOpen -and -not $account.Enabled) { Enable-LocalUser -SID $before[0] }
    if (Test-OurExpiry $account) {
      if ($before[2] -ceq 'never') { Set-LocalUser -SID $before[0] -AccountNeverExpires }
      else { Set-LocalUser -SID $before[0] -AccountExpires ([DateTime]::Parse($before[2], [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]::RoundtripKind)) }
    }
    Show-Keys $Hold
  } catch { return $false }
  $account = Get-Account
  return ($account.Enabled -or -not $wasOpen) -and -not (Test-OurExpiry $account) -and (Test-KeysBack $Hold)
}

Invoke-Companion
