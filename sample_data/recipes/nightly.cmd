@echo off
rem The nightly import for the Windows Task Scheduler. Put this file and .env into C:\zoom-import, and type once:
rem   schtasks /Create /TN zoom-import /SC DAILY /ST 02:30 /TR C:\zoom-import\nightly.cmd
rem
rem Exit codes that mean "call somebody": 2, 3 - they become an error in the event log of Windows.
cd /d C:\zoom-import
C:\zoom-import\.venv\Scripts\zoom-import.exe run C:\crm\contacts.csv --mapping crm.yaml --account-plan business --max-age 20h --log-format json --summary summary.json 2>> zoom-import.log
set code=%ERRORLEVEL%
if %code% equ 2 eventcreate /T ERROR /L APPLICATION /SO zoom-import /ID 2 /D "zoom-import: settings, file or mapping; see summary.json"
if %code% equ 3 eventcreate /T ERROR /L APPLICATION /SO zoom-import /ID 3 /D "zoom-import: credentials, scope or address book; see summary.json"
exit /b %code%
