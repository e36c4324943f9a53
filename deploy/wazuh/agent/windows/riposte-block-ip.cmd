@echo off
rem Started by Wazuh's agent: hands its one line on to PowerShell, which does the work.
rem The agent is a program of 32 bits. Sysnative is how such a one finds the PowerShell that knows local accounts.
set "riposte_root=%SystemRoot%\Sysnative"
if not exist "%riposte_root%\WindowsPowerShell\v1.0\powershell.exe" set "riposte_root=%SystemRoot%\System32"
"%riposte_root%\WindowsPowerShell\v1.0\powershell.exe" -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%~dp0riposte-block-ip.ps1"
